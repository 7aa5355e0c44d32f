package org.strowger.proxy.config;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The origins that a listener takes WebSocket handshakes from (RFC 6455 section 10.2), each as {@code scheme://host[:port]}
 * with {@code *.} for any labels in front of the host. Nothing listed: any origin.
 */
public record Origins(List<String> allowed) {
    /** Of a listener without such a list. */
    public static final Origins ANY = new Origins(List.of());

    public Origins {
        allowed = allowed.stream().map(text -> text.toLowerCase(Locale.ROOT)).toList();
        allowed.forEach(text -> problem(text).ifPresent(problem -> {
            throw new IllegalArgumentException("origins: " + text + " (expected: " + problem + ")");
        }));
    }

    /** What an origin has to look like, when {@code text} does not. */
    public static Optional<String> problem(String text) {
        boolean good = text.matches("(?i)https?://(\\*\\.)?([a-z0-9_-]+\\.)*[a-z0-9_-]+(:\\d{1,5})?")
                || text.matches("(?i)https?://\\[[0-9a-f:.]+](:\\d{1,5})?");
        return good ? Optional.empty() : Optional.of("http:// or https://, then [*.]host[:port]");
    }

    /** True when a handshake with this Origin is taken. */
    public boolean allow(String origin) {
        if (allowed.isEmpty()) {
            return true;
        }
        String text = origin.toLowerCase(Locale.ROOT);
        return allowed.stream().anyMatch(pattern -> matches(pattern, text));
    }

    private static boolean matches(String pattern, String origin) {
        int star = pattern.indexOf("://*.");
        if (star < 0) {
            return pattern.equals(origin);
        }
        String scheme = pattern.substring(0, star + 3);
        String tail = pattern.substring(star + 4);
        int host = scheme.length();
        return origin.startsWith(scheme)
                && origin.endsWith(tail)
                && origin.length() - tail.length() > host
                && origin.substring(host, origin.length() - tail.length()).matches("[a-z0-9_.-]+");
    }
}
