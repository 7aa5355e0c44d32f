package org.strowger.proxy.config;

/** What becomes of a request in a dialog whose backend is dead. */
public enum DialogsPolicy {
    /** It is answered at once. */
    FAIL,
    /** Another member of the pool gets it. */
    GROUP
}
