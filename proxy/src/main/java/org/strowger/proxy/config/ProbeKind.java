package org.strowger.proxy.config;

import java.util.LinkedHashMap;
import java.util.Map;

/** How a backend is probed. */
public sealed interface ProbeKind {

    /** A SIP OPTIONS request over the backend's own transport. */
    record Options() implements ProbeKind {}

    /** A TCP connection to the backend's address, closed at once. */
    record Connect() implements ProbeKind {}

    /**
     * An HTTP GET to the backend's address.
     *
     * @param path begins with a slash
     */
    record Http(String path) implements ProbeKind {

        public Http {
            Require.that(isPath(path), "path", path, "/ and visible characters");
        }

        static boolean isPath(String text) {
            return text.startsWith("/") && text.length() <= 1024 && text.chars().allMatch(c -> c > ' ' && c < 127);
        }
    }

    /** A WebSocket handshake that offers the sub-protocol sip. */
    record WebSocket() implements ProbeKind {}

    /** Not at all. */
    record None() implements ProbeKind {}

    /** As fits what the pool is for: {@link Options}, or {@link Connect} for a tcp-relay, or {@link None} for a udp-relay. */
    record Auto() implements ProbeKind {}

    /** The value of {@code health.probe}. */
    static Syntax<ProbeKind> syntax() {
        Map<String, ProbeKind> words = new LinkedHashMap<>();
        words.put("auto", new Auto());
        words.put("options", new Options());
        words.put("connect", new Connect());
        words.put("websocket", new WebSocket());
        words.put("none", new None());
        String http = "http:";
        String expected = "auto | options | connect | http:<path> | websocket | none";
        return Syntax.of(expected, text -> {
            ProbeKind word = words.get(text);
            if (word != null) {
                return new Parsed.Ok<>(word);
            }
            if (text.startsWith(http)) {
                String path = text.substring(http.length());
                return Http.isPath(path)
                        ? new Parsed.Ok<>(new Http(path))
                        : new Parsed.Bad<>("http:/ and the path, in visible characters");
            }
            return new Parsed.Bad<>(expected + Nearest.suggestion(text, words.keySet()));
        });
    }
}
