package org.strowger.proxy.config;

/** Which fields tell a backend about its client. */
public enum HttpForwarded {
    X_FORWARDED,
    RFC7239,
    BOTH,
    NONE
}
