package org.strowger.proxy.forwarding;

/** What happens to requests in flight, for counting. */
public enum InFlightEvent {
    ADDED,
    REMOVED,
    /** Finished, and forgotten early because the table was full. */
    EVICTED,
    /** Forwarded without protection: the table or its memory was full. */
    UNPROTECTED,
    /** The client's repetition went no further. */
    ABSORBED,
    /** We repeated the request to the same backend. */
    REPEATED,
    /** Another attempt was due, but the budget was used up. */
    BUDGET_EXHAUSTED,
    /** Another attempt was due, but every eligible backend has been tried. */
    NOBODY_LEFT,
    /** An attempt that was given up answered with a provisional response; swallowed, and cancelled. */
    LATE_PROVISIONAL,
    /** An attempt that was given up answered with 2xx; forwarded. */
    LATE_SUCCESS,
    /** An attempt that was given up answered with another final response; swallowed. */
    LATE_FAILURE,
    /** We sent a CANCEL of our own. */
    CANCEL_SENT,
    /** No final response in time (Timer B or C); answered with 408. */
    TIMED_OUT,
    /** Not kept in flight, and not watched either, though live traffic judges: too many are. */
    UNWATCHED,
    /** Memory is short: what rings is kept without its body, so no other backend can take it. */
    CUT
}
