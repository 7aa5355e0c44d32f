package org.strowger.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Locale;
import java.util.Set;

/** What a proxy may change in a message: these header fields, and nothing else. */
final class RoutingHeaders {
    private static final Set<String> CHANGEABLE = Set.of("via", "v", "route", "record-route", "path", "max-forwards");

    private RoutingHeaders() {}

    /** The message without the header fields that a proxy may change, every other byte as it was. */
    static String without(byte[] message) {
        String text = new String(message, ISO_8859_1);
        int headEnd = text.indexOf("\r\n\r\n");
        String head = headEnd < 0 ? text : text.substring(0, headEnd + 2);
        StringBuilder kept = new StringBuilder();
        boolean keep = true;
        int lineStart = 0;
        while (lineStart < head.length()) {
            int newline = head.indexOf('\n', lineStart);
            int lineEnd = newline < 0 ? head.length() : newline + 1;
            String line = head.substring(lineStart, lineEnd);
            boolean continuation = line.startsWith(" ") || line.startsWith("\t");
            keep = continuation ? keep : !CHANGEABLE.contains(name(line));
            if (keep) {
                kept.append(line);
            }
            lineStart = lineEnd;
        }
        return kept + text.substring(head.length());
    }

    private static String name(String line) {
        int colon = line.indexOf(':');
        return colon < 0 ? "" : line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
    }
}
