package org.strowger.proxy.config;

/** What becomes of a call that rings at a backend when that is gone. */
public enum RingingPolicy {
    /** Another backend gets it. */
    GONE,
    /** It stays where it rings. */
    NEVER
}
