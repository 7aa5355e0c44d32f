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

    /**
     * A WebSocket handshake.
     *
     * @param path begins with a slash; empty: the backend's own
     * @param subProtocol what is offered; empty: nothing
     */
    record WebSocket(String path, String subProtocol) implements ProbeKind {
        /** That of a SIP backend. */
        static final WebSocket SIP = new WebSocket("", "sip");

        public WebSocket {
            Require.that(path.isEmpty() || Http.isPath(path), "path", path, "/ and visible characters");
            Require.that(subProtocol.isEmpty() || Syntax.isToken(subProtocol), "subProtocol", subProtocol, "a token");
        }

        /** Of {@code /path} or {@code /path sub-protocol}. */
        static Parsed<ProbeKind> parse(String text) {
            int blank = text.indexOf(' ');
            String path = blank < 0 ? text : text.substring(0, blank);
            String subProtocol = blank < 0 ? "" : text.substring(blank + 1);
            return Http.isPath(path) && (blank < 0 || Syntax.isToken(subProtocol))
                    ? new Parsed.Ok<>(new WebSocket(path, subProtocol))
                    : new Parsed.Bad<>("websocket:/ and the path, then a blank and the sub-protocol if one is needed");
        }
    }

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
        words.put("websocket", WebSocket.SIP);
        words.put("none", new None());
        String http = "http:";
        String webSocket = "websocket:";
        String expected =
                "auto | options | connect | http:<path> | websocket | websocket:<path>[ <sub-protocol>] | none";
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
            if (text.startsWith(webSocket)) {
                return WebSocket.parse(text.substring(webSocket.length()));
            }
            return new Parsed.Bad<>(expected + Nearest.suggestion(text, words.keySet()));
        });
    }
}
