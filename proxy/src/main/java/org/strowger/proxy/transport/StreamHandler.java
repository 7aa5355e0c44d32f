package org.strowger.proxy.transport;

/** Receives what happens on the flows of one event loop, on that loop. Arrays are valid only during a call. */
public interface StreamHandler {

    /** One whole message. */
    void onMessage(Flow flow, byte[] bytes, int from, int to);

    /**
     * The stream broke. {@code head[from, to)} holds the head of the offending message where known, else it is empty:
     * it may be answered on the flow, which is closed when this returns.
     */
    void onBroken(Flow flow, FramingFailure failure, byte[] head, int from, int to);

    /** A message that was given to {@link Flow#send} surely did not reach the peer as a whole. */
    void onUndelivered(Flow flow, byte[] bytes, int from, int to, UndeliveredReason reason);

    /**
     * An INVITE was queued on a client's flow, which may end before the client answers. Called from within {@link Flow#send}:
     * nothing may be sent from here.
     */
    default void onInvite(Flow flow, byte[] bytes, int from, int to) {}

    /** The flow has ended; called once for each flow, after its undelivered messages. */
    void onClosed(Flow flow, CloseReason reason);

    /** All that one turn of the loop read from its flows has been handed over: flush what was queued elsewhere. */
    void onReadComplete();
}
