package org.strowger.health.passive;

/** What live traffic, and nothing else, says about new calls to a backend. */
public enum EjectionState {
    /** Takes new calls. */
    IN,
    /** It asked for none for a while (503 with Retry-After, RFC 3261 section 20.33); comes back by itself. */
    BUSY,
    /** Taken out for a time that grows with each ejection. Established dialogs continue. */
    EJECTED,
    /** The time is over and a few live requests may try it (half-open): their answers decide, no probe does. */
    TRIAL
}
