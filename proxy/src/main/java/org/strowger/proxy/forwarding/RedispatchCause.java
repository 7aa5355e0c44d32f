package org.strowger.proxy.forwarding;

/** Why a request goes to another backend. */
public enum RedispatchCause {
    /** No response in time. */
    SILENCE,
    /** It did not reach the backend: ICMP, or the connection failed. */
    TRANSPORT,
    /** A response code of the pool's list. */
    STATUS,
    /** It had answered provisionally, and is gone. */
    GONE
}
