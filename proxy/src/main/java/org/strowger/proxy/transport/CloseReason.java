package org.strowger.proxy.transport;

/** Why a {@link Flow} ended; each value is one label of the counter of closed flows. */
public enum CloseReason {
    /** The peer sent FIN. */
    CLOSED_BY_PEER,
    /** The peer sent RST, or an ICMP error ended the connection. */
    RESET,
    /** Sent bytes were not acknowledged within TCP_USER_TIMEOUT, or keep-alive probes stayed unanswered. */
    TIMED_OUT,
    /** No whole message, ping or pong arrived within the idle timeout. */
    IDLE,
    /** The peer was asked for a sign of life and gave none. */
    NO_PONG,
    /** The peer did not take its bytes and the outbound queue reached its bound. */
    SLOW_READER,
    /** The byte stream can no longer be cut into messages. */
    BROKEN_STREAM,
    /** The connection could not be made. */
    CONNECT_FAILED,
    /** The code above asked for it. */
    REQUESTED,
    /** Its listener is closing; the peer may come back elsewhere. */
    DRAINED,
    /** The program or the owner of the flow is shutting down. */
    SHUTDOWN,
    /** The code that handled a message threw; logged as an error. */
    INTERNAL_ERROR
}
