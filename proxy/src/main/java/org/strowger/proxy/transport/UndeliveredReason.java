package org.strowger.proxy.transport;

/** Why a message given to {@link Flow#send} surely did not reach the peer as a whole. */
public enum UndeliveredReason {
    /** It waited for a connection that could not be made. */
    CONNECT_FAILED,
    /** The connection ended before the kernel had taken the whole message. */
    CONNECTION_LOST,
    /** The flow was closed already, or its backend is in backoff after a failure. */
    NOT_CONNECTED,
    /** The outbound queue was full. */
    QUEUE_FULL
}
