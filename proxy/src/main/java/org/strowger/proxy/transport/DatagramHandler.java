package org.strowger.proxy.transport;

import org.strowger.sip.IpPort;

/** Receives what arrives on a {@link DatagramPort}, on the port's event loop. */
public interface DatagramHandler {

    /**
     * One datagram. {@code bytes[0 .. length)} and {@code source} belong to the caller and are valid only during the
     * call; {@code bytes} may be larger than {@code length}.
     */
    void onDatagram(DatagramPort port, byte[] bytes, int length, IpPort source);

    /** An ICMP error for a datagram that this port sent to {@code peer} (RFC 3261 section 18.4); {@code errno} is Linux's. */
    void onIcmpError(DatagramPort port, IpPort peer, int errno);

    /** The last datagram of one read batch has been handed over: flush what was queued. */
    void onReadComplete();
}
