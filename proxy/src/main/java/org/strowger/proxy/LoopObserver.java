package org.strowger.proxy;

import org.strowger.proxy.forwarding.PathObserver;
import org.strowger.proxy.transport.FramingFailure;
import org.strowger.sip.IpPort;
import org.strowger.sip.Transport;

/** Counts what happens on one event loop beside the way of messages. */
interface LoopObserver extends PathObserver {

    void streamBroken(FramingFailure failure);

    /** A message for that peer did not reach it. */
    void undelivered(Transport transport, IpPort peer);

    void flowGone();

    /** A datagram goes to the loop that owns its call. */
    void handedOver();

    /** The network says that a datagram for that peer did not arrive (RFC 3261 section 18.4). */
    void icmpError(IpPort peer);
}
