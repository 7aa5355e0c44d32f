package org.strowger.proxy.transport;

import org.strowger.sip.Transport;

/**
 * What the opener of a flow decides about it.
 *
 * @param listener number of the listener, or {@link Flow#OUTBOUND}
 * @param transport what is spoken on it
 * @param maxQueuedBytes bound of the outbound queue
 * @param idleNanos close after hearing nothing for this long; 0: never
 * @param lingerNanos time for the peer to read our last words; 0: none
 * @param keepAlive how a silent peer is asked whether it is there
 * @param owner who is told how the flow fares
 */
record FlowSetup(
        int listener,
        Transport transport,
        int maxQueuedBytes,
        long idleNanos,
        long lingerNanos,
        FlowKeepAlive keepAlive,
        Owner owner) {

    /** Whoever opened the flow. */
    interface Owner {
        Owner NOBODY = new Owner() {};

        /** It is connected. */
        default void opened(StreamFlow flow) {}

        /** The peer sent something whole. */
        default void heard() {}

        /** It has ended. */
        default void ended(StreamFlow flow, CloseReason reason) {}
    }
}
