package org.strowger.proxy.metrics;

/** Which side of the proxy a message was exchanged with; a label of the message counters. */
public enum Side {
    /** Whoever is not a backend: phones, trunks, other proxies. */
    CLIENT,
    /** A backend of any pool. */
    BACKEND
}
