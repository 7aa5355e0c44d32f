package org.strowger.proxy.forwarding;

/** What happens to INVITEs that clients have not answered yet, for counting. */
public enum WaitingEvent {
    /** Remembered until the client answers. */
    KEPT,
    /** Not remembered: too many are, or their memory is used up. */
    NOT_KEPT,
    /** The client's connection ended before its answer; answered with 430. */
    FLOW_FAILED,
    /** Forgotten after Timer C. */
    EXPIRED
}
