package org.strowger.proxy.websocket;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The opening handshake of RFC 6455 section 4 with the sub-protocol of RFC 7118, as functions of its messages. */
final class Handshake {
    /** RFC 7118 section 4.1. */
    static final String SUB_PROTOCOL = "sip";

    static final String VERSION = "13";
    private static final int KEY_BYTES = 16;
    private static final int KEY_CHARS = 24;

    private Handshake() {}

    /** True for what asks for SIP over WebSocket, well or badly. */
    static boolean isForSip(HttpHeaders headers) {
        return headers.containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)
                && headers.containsValue(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, SUB_PROTOCOL, false);
    }

    /** What the decoder could not read. */
    static Optional<HandshakeRefusal> malformed(HttpRequest request) {
        Throwable cause = request.decoderResult().cause();
        if (cause == null) {
            return Optional.empty();
        }
        return Optional.of(
                cause instanceof TooLongHttpLineException
                        ? HandshakeRefusal.LONG_LINE
                        : cause instanceof TooLongHttpHeaderException
                                ? HandshakeRefusal.LONG_HEADER
                                : HandshakeRefusal.BAD_HTTP);
    }

    /**
     * What is wrong with a handshake that {@link #isForSip}.
     *
     * @param origins accepts those that are welcome
     */
    static Optional<HandshakeRefusal> refusal(HttpRequest request, Predicate<String> origins) {
        HttpHeaders headers = request.headers();
        boolean upgrade = request.method().equals(HttpMethod.GET)
                && request.protocolVersion().compareTo(HttpVersion.HTTP_1_1) >= 0
                && headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
                && headers.getAll(HttpHeaderNames.HOST).size() == 1
                && !headers.contains(HttpHeaderNames.TRANSFER_ENCODING)
                && headers.getAll(HttpHeaderNames.CONTENT_LENGTH).stream().allMatch("0"::equals);
        if (!upgrade) {
            return Optional.of(HandshakeRefusal.BAD_UPGRADE);
        }
        if (!headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_VERSION).equals(List.of(VERSION))) {
            return Optional.of(HandshakeRefusal.VERSION);
        }
        List<String> keys = headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_KEY);
        if (keys.size() != 1 || !isKey(keys.get(0).trim())) {
            return Optional.of(HandshakeRefusal.BAD_KEY);
        }
        List<String> from = headers.getAll(HttpHeaderNames.ORIGIN);
        // A browser always names its origin, and whoever is no browser could name any.
        boolean welcome = from.isEmpty() || (from.size() == 1 && origins.test(from.get(0)));
        return welcome ? Optional.empty() : Optional.of(HandshakeRefusal.ORIGIN);
    }

    private static boolean isKey(String text) {
        try {
            return text.length() == KEY_CHARS && Base64.getDecoder().decode(text).length == KEY_BYTES;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
