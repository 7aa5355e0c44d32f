package org.strowger.proxy.forwarding;

import org.strowger.sip.IpPort;
import org.strowger.sip.Transport;

/** The sockets of one event loop, as the forwarder needs them. Bytes are copied before a call returns. */
public interface Egress {

    /** Queues a datagram on a listener's socket, or on the backends' socket. False when there is no such socket. */
    boolean datagram(int listener, IpPort to, byte[] bytes, int length);

    /**
     * Queues a datagram on the backends' socket of that event loop, or of this one when it has none: a peer may want the
     * answer from the port that it sent to (RFC 3581 section 4).
     */
    boolean datagramFrom(int loop, IpPort to, byte[] bytes, int length);

    /** Queues a message on the connection of that id, wherever its loop. False when it is gone. */
    boolean flow(long flow, byte[] bytes, int length);

    /** Queues a message on the connection to that address, which is opened when there is none. */
    void connection(Transport transport, IpPort to, byte[] bytes, int length);
}
