package org.strowger.proxy.http;

import io.netty.handler.codec.http.HttpHeaders;

/**
 * The head of a request, checked, whatever version it came in.
 *
 * @param version of the client
 * @param method as it was sent; that of a WebSocket over HTTP/2 is GET, which it becomes
 * @param target path and query, or {@code *}
 * @param authority the host that is asked for, with its port; may be empty in HTTP/1.0
 * @param fields without those of the framing; names in the letters of the client
 * @param framing of its body
 * @param kind whether it asks for a tunnel
 */
record RequestHead(
        Version version,
        String method,
        String target,
        String authority,
        HttpHeaders fields,
        BodyFraming framing,
        Kind kind) {

    /** Of HTTP. */
    enum Version {
        HTTP_1_0("1.0"),
        HTTP_1_1("1.1"),
        HTTP_2("2.0");

        private final String text;

        Version(String text) {
            this.text = text;
        }

        /** As in Via. */
        String text() {
            return text;
        }
    }

    /** What is asked for. */
    enum Kind {
        PLAIN,
        /** A handshake of RFC 6455, or of RFC 8441. */
        WEBSOCKET
    }

    boolean isHead() {
        return method.equals("HEAD");
    }

    /** True when doing it twice is as good as doing it once (RFC 9110 section 9.2.2), and there is nothing to send again. */
    boolean isRepeatable() {
        return kind == Kind.PLAIN
                && !framing.hasBody()
                && switch (method) {
                    case "GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE" -> true;
                    default -> false;
                };
    }

    /** True when its sender says that it is the last one on its connection. */
    boolean isLast() {
        return version == Version.HTTP_1_0
                || FieldSyntax.list(fields, "Connection").contains("close");
    }

    /** The path without the query. */
    String path() {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    /** The host in lower case without port and final dot. */
    String host() {
        return RequestTarget.host(authority);
    }
}
