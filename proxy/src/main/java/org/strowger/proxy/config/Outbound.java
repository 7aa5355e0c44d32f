package org.strowger.proxy.config;

/** Whether a request of a known backend to a host that is none is sent by its Request-URI (RFC 3263). */
public enum Outbound {
    ENABLED,
    DISABLED
}
