package org.strowger.proxy.transport;

import org.strowger.proxy.tls.PeerIdentity;
import org.strowger.sip.IpPort;
import org.strowger.sip.Transport;

/**
 * A connection on which a peer can be answered (RFC 5626): accepted by a listener or made towards a backend. Owned by
 * one event loop and called from that loop only; other loops go through {@link HandOver}.
 */
public interface Flow {

    /** The {@link #listener()} of a flow that we opened ourselves. */
    int OUTBOUND = -1;

    /** Names the flow for as long as this process lives, see {@link FlowIds}; 0 only on {@link FlowTable#GONE}. */
    long id();

    Transport transport();

    /** What the peer has proved of itself. */
    default PeerIdentity peer() {
        return PeerIdentity.NONE;
    }

    /** The peer's address. Not to be changed by the caller. */
    IpPort remote();

    /** Our address on this connection; unspecified while the flow is connecting. Not to be changed by the caller. */
    IpPort local();

    /** The number of the listener that accepted the connection, or {@link #OUTBOUND}. */
    int listener();

    /**
     * Queues one message and copies it; the caller may reuse the array at once. It is written at the end of the loop's
     * turn, or by {@link Flows#flush()} before that. What surely does not reach the peer comes back through
     * {@link StreamHandler#onUndelivered}, never from inside this call.
     */
    void send(byte[] bytes, int offset, int length);

    /** True while messages are taken: the flow is connected or connecting. */
    boolean isOpen();

    /**
     * Ends the flow. What is queued is offered to the kernel once more, so that an answer sent just before goes out;
     * the peer gets a FIN and a moment to read. {@link StreamHandler#onClosed} follows, never from inside this call.
     */
    void close(CloseReason reason);
}
