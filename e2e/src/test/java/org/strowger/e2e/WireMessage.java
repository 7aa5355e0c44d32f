package org.strowger.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Predicate;

/**
 * A SIP message as its lines: a reader that shares nothing with the program that it judges. Each char is one byte
 * (ISO 8859-1). A header keeps all bytes of its lines, folded ones too; only its name is understood.
 */
record WireMessage(String startLine, List<Header> headers, String body) {
    private static final String HEAD_END = "\r\n\r\n";
    private static final Map<String, String> LONG_NAMES = Map.of(
            "v",
            "via",
            "f",
            "from",
            "t",
            "to",
            "i",
            "call-id",
            "l",
            "content-length",
            "m",
            "contact",
            "k",
            "supported");

    /**
     * One header field.
     *
     * @param name the long form in lower case
     * @param text its lines, with their line ends
     */
    record Header(String name, String text) {
        /** What follows the colon, unfolded. */
        String value() {
            return text.substring(text.indexOf(':') + 1)
                    .replaceAll("\r?\n[ \t]+", " ")
                    .strip();
        }
    }

    /**
     * What the bytes of one write consist of.
     *
     * @param whole the complete messages
     * @param rest what comes after them
     * @param missing how many bytes the rest lacks; -1 when nobody can say where it ends
     */
    record Cut(List<String> whole, String rest, int missing) {}

    WireMessage {
        headers = List.copyOf(headers);
    }

    /** All of {@code text} as one message; what follows the head is body. */
    static WireMessage read(String text) {
        int headEnd = text.indexOf(HEAD_END);
        String head = headEnd < 0 ? text : text.substring(0, headEnd + 2);
        List<Header> headers = new ArrayList<>();
        String startLine = "";
        StringBuilder lines = new StringBuilder();
        for (String line : head.split("(?<=\n)", -1)) {
            if (startLine.isEmpty()) {
                startLine = line;
                continue;
            }
            boolean continued = line.startsWith(" ") || line.startsWith("\t");
            if (!continued && lines.length() > 0) {
                headers.add(header(lines.toString()));
                lines.setLength(0);
            }
            lines.append(line);
        }
        if (lines.length() > 0) {
            headers.add(header(lines.toString()));
        }
        return new WireMessage(startLine, headers, headEnd < 0 ? "" : text.substring(headEnd + HEAD_END.length()));
    }

    private static Header header(String lines) {
        int colon = lines.indexOf(':');
        String name = colon < 0 ? "" : lines.substring(0, colon).strip().toLowerCase(Locale.ROOT);
        return new Header(LONG_NAMES.getOrDefault(name, name), lines);
    }

    /** The message in a datagram: what follows the length that it states does not count (RFC 3261 section 18.3). */
    static Cut cutDatagram(String text) {
        WireMessage message = read(text);
        int length = message.contentLength().orElse(message.body().length());
        int excess = Math.max(0, message.body().length() - length);
        int end = text.length() - excess;
        return new Cut(List.of(text.substring(0, end)), text.substring(end), 0);
    }

    /** The messages on a connection. */
    static Cut cutStream(String stream) {
        List<String> whole = new ArrayList<>();
        String rest = stream;
        while (true) {
            while (rest.startsWith("\r\n")) {
                rest = rest.substring(2);
            }
            if (rest.isEmpty()) {
                return new Cut(whole, rest, 0);
            }
            int headEnd = rest.indexOf(HEAD_END);
            OptionalInt length = headEnd < 0 ? OptionalInt.empty() : read(rest).contentLength();
            if (length.isEmpty()) {
                return new Cut(whole, rest, -1);
            }
            int missing = headEnd + HEAD_END.length() + length.getAsInt() - rest.length();
            if (missing > 0) {
                return new Cut(whole, rest, missing);
            }
            whole.add(rest.substring(0, rest.length() + missing));
            rest = rest.substring(rest.length() + missing);
        }
    }

    /** Empty when it is missing, no number, or there are two that differ. */
    private OptionalInt contentLength() {
        List<String> values =
                named("content-length").stream().map(Header::value).distinct().toList();
        return values.size() == 1 && values.get(0).matches("\\d{1,8}")
                ? OptionalInt.of(Integer.parseInt(values.get(0)))
                : OptionalInt.empty();
    }

    boolean isRequest() {
        return !startLine.startsWith("SIP/2.0 ");
    }

    /** The three digits after the version of a response. */
    String status() {
        return startLine.length() < 11 ? "" : startLine.substring(8, 11);
    }

    String callId() {
        return named("call-id").stream().map(Header::value).findFirst().orElse("");
    }

    List<Header> named(String name) {
        return only(header -> header.name().equals(name));
    }

    /** The lines of all headers of a name. */
    List<String> lines(String name) {
        return named(name).stream().map(Header::text).toList();
    }

    List<Header> only(Predicate<Header> wanted) {
        return headers.stream().filter(wanted).toList();
    }
}
