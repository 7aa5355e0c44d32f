package org.strowger.proxy.config;

/** Which way a listener faces. */
public enum Side {
    /** Towards clients and carriers. */
    EXTERNAL,
    /** Towards the backends; each event loop opens its own port, the base port plus the loop's number. */
    INTERNAL
}
