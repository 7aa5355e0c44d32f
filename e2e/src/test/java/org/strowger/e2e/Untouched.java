package org.strowger.e2e;

import java.util.List;
import java.util.Set;

/**
 * What a proxy may do to a message, and nothing else: its Via on top, received and rport in the one below, Record-Route
 * and Path above those that are there, Max-Forwards one less (RFC 3261 section 16.6), and Content-Length where a
 * connection needs it (section 18.3). Each method says the first difference, or nothing.
 */
final class Untouched {
    private static final Set<String> CHANGEABLE = Set.of("via", "route", "record-route", "path", "max-forwards");
    private static final String RECEIVED = ";received=[^;,\\s]+";
    private static final String RPORT = ";rport(=\\d+)?";

    private Untouched() {}

    /** A request as the client sent it, and as the backend got it. */
    static String request(WireMessage sent, WireMessage got, boolean onConnection) {
        boolean lengthAdded = onConnection && sent.lines("content-length").isEmpty();
        String added = "Content-Length: " + got.body().length() + "\r\n";
        return first(
                differ("Request-Line", sent.startLine(), got.startLine()),
                differ("headers", fixed(sent), lengthAdded ? without(fixed(got), added) : fixed(got)),
                differ("body", sent.body(), got.body()),
                differ("Route", sent.lines("route"), got.lines("route")),
                differ("Record-Route", sent.lines("record-route"), below(sent, got, "record-route")),
                differ("Path", sent.lines("path"), below(sent, got, "path")),
                differ("Max-Forwards", oneLess(sent), maxForwards(got)),
                differ("Via", vias(sent), vias(got).stream().skip(1).toList()));
    }

    /** A response as the backend sent it to {@code request}, and as the client got it. */
    static String response(WireMessage request, WireMessage sent, WireMessage got) {
        return first(
                differ("Status-Line", sent.startLine(), got.startLine()),
                differ("headers", fixed(sent), fixed(got)),
                differ("body", sent.body(), got.body()),
                differ("Record-Route", sent.lines("record-route"), got.lines("record-route")),
                differ("Via", vias(request), vias(got)));
    }

    /** An answer of the proxy itself: what section 8.2.6 has copied from the request. */
    static String answer(WireMessage request, WireMessage got) {
        return first(
                differ("Via", vias(request), vias(got)),
                differ("From", firstLine(request, "from"), got.lines("from")),
                differ("Call-ID", firstLine(request, "call-id"), got.lines("call-id")),
                differ("CSeq", firstLine(request, "cseq"), got.lines("cseq")));
    }

    private static String first(String... differences) {
        for (String difference : differences) {
            if (!difference.isEmpty()) {
                return difference;
            }
        }
        return "";
    }

    private static String differ(String what, Object sent, Object got) {
        return sent.equals(got) ? "" : what + " sent " + sent + " got " + got;
    }

    private static List<String> fixed(WireMessage message) {
        return message.only(header -> !CHANGEABLE.contains(header.name())).stream()
                .map(WireMessage.Header::text)
                .toList();
    }

    private static List<String> without(List<String> lines, String one) {
        return lines.stream().filter(line -> !line.equals(one)).toList();
    }

    private static List<String> firstLine(WireMessage message, String name) {
        return message.lines(name).stream().limit(1).toList();
    }

    /** Those that were there before the proxy added its own on top. */
    private static List<String> below(WireMessage sent, WireMessage got, String name) {
        List<String> lines = got.lines(name);
        int added = Math.max(0, lines.size() - sent.lines(name).size());
        return lines.subList(added, lines.size());
    }

    private static String oneLess(WireMessage sent) {
        String value = maxForwards(sent);
        return value.isEmpty() ? "70" : Integer.toString(Integer.parseInt(value) - 1);
    }

    private static String maxForwards(WireMessage message) {
        return message.named("max-forwards").stream()
                .map(WireMessage.Header::value)
                .findFirst()
                .orElse("");
    }

    private static List<String> vias(WireMessage message) {
        return message.lines("via").stream()
                .map(line -> line.replaceAll(RECEIVED, "").replaceAll(RPORT, ""))
                .toList();
    }
}
