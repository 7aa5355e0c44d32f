package org.strowger.proxy.config;

/** With which requests a browser sends a cookie, by where the page is that makes them (RFC 6265bis). */
public enum SameSite {
    /** From pages of the same site, and when a link leads here. */
    LAX,
    /** From pages of the same site. */
    STRICT,
    /** From all pages; browsers want it over TLS. */
    NONE
}
