package org.strowger.proxy.config;

/** What becomes of a REGISTER whose Supported header does not list {@code path} (RFC 3327 section 5.2). */
public enum PathPolicy {
    /** A Path header is added all the same. */
    INSERT,
    /** It is forwarded without a Path header. */
    SKIP,
    /** It is answered with 421 (Extension Required). */
    REFUSE
}
