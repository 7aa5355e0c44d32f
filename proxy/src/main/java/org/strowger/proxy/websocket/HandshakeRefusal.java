package org.strowger.proxy.websocket;

import io.netty.handler.codec.http.HttpResponseStatus;

/** Why a WebSocket handshake with sub-protocol sip is refused (RFC 6455 section 4.2), or a request before it. */
public enum HandshakeRefusal {
    /** No HTTP/1.1 request, or one that is malformed. */
    BAD_HTTP(HttpResponseStatus.BAD_REQUEST),
    /** The request line is too long. */
    LONG_LINE(HttpResponseStatus.REQUEST_URI_TOO_LONG),
    /** The header is too long. */
    LONG_HEADER(HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE),
    /** Another method than GET, a version before 1.1, no Connection: Upgrade, not one Host, or a body. */
    BAD_UPGRADE(HttpResponseStatus.BAD_REQUEST),
    /** Another version than 13. */
    VERSION(HttpResponseStatus.UPGRADE_REQUIRED),
    /** Sec-WebSocket-Key is not 16 bytes in base64. */
    BAD_KEY(HttpResponseStatus.BAD_REQUEST),
    /** The Origin is not among those of the listener. */
    ORIGIN(HttpResponseStatus.FORBIDDEN),
    /** Not SIP over WebSocket, and no HTTP is served here. */
    NOT_SIP(HttpResponseStatus.NOT_FOUND),
    /** The request did not come in time. */
    TIMEOUT(HttpResponseStatus.REQUEST_TIMEOUT);

    @SuppressWarnings("ImmutableEnumChecker") // never changed
    private final HttpResponseStatus status;

    HandshakeRefusal(HttpResponseStatus status) {
        this.status = status;
    }

    HttpResponseStatus status() {
        return status;
    }
}
