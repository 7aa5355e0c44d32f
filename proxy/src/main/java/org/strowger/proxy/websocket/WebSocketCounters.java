package org.strowger.proxy.websocket;

import org.strowger.sip.websocket.FrameViolation;

/** What the WebSocket connections of one event loop count; called on that loop only. */
public interface WebSocketCounters {

    /** A client's handshake was answered with 101. */
    void opened();

    /** A connection that was opened is closed. */
    void closed();

    /** A client's handshake was refused. */
    void refused(HandshakeRefusal refusal);

    /** A peer broke RFC 6455, or sent what we do not take. */
    void violated(FrameViolation violation);

    /** A peer's ping was answered. */
    void pinged();

    /** A peer sent a pong. */
    void ponged();
}
