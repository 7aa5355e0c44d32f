package org.strowger.proxy.http;

/**
 * Why a message is refused before anything else looks at it. What two programs could read in two ways is refused, not
 * repaired: that is how requests are smuggled past a proxy (RFC 9112 section 11.2).
 */
enum HttpFault implements HeadVerdict {
    /** Section 3: method, target and version, one space between them. */
    BAD_START_LINE(400, "bad start line"),
    BAD_VERSION(505, "version is not 1.0 or 1.1"),
    URI_TOO_LONG(414, "request target too long"),
    HEAD_TOO_LARGE(431, "header fields too large"),
    /** Section 2.2: CR LF only, and neither of them alone. */
    BAD_LINE_END(400, "line does not end with CR LF"),
    /** Section 5.1: a token, at once a colon, a value without control characters. */
    BAD_FIELD(400, "bad header field"),
    /** Section 5.2. */
    OBSOLETE_FOLD(400, "folded header field"),
    /** Section 3.2: exactly one, and a host with an optional port. */
    BAD_HOST(400, "bad Host"),
    BAD_TARGET(400, "bad request target"),
    /** Section 6.3: one value, digits only. */
    BAD_LENGTH(400, "bad Content-Length"),
    /** Section 6.1: a message with both is an attack or an error. */
    LENGTH_AND_CODING(400, "both Content-Length and Transfer-Encoding"),
    /** Section 6.1: chunked and nothing else. */
    BAD_CODING(400, "bad Transfer-Encoding"),
    /** Section 7.1. */
    BAD_CHUNK(400, "bad chunk"),
    BAD_EXPECTATION(417, "unknown Expect"),
    /** CONNECT is for forward proxies. */
    METHOD_NOT_ALLOWED(405, "method not allowed"),
    /** RFC 6455 section 4.2.1, RFC 8441 section 4. */
    BAD_UPGRADE(400, "bad WebSocket handshake"),
    /** The request has passed through programs like this too often. */
    LOOP(508, "loop");

    private final int status;
    private final String text;

    HttpFault(int status, String text) {
        this.status = status;
        this.text = text;
    }

    /** What a request with it is answered. */
    int status() {
        return status;
    }

    /** For people. */
    String text() {
        return text;
    }
}
