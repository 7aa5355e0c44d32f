package org.strowger.proxy.demo;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A SIP message as text. Plain and slow, and on purpose not the parser of the proxy: two ends that share its code
 * would share its mistakes.
 *
 * @param startLine request line or status line
 * @param headers in order, names in their long form
 * @param body after the empty line
 */
record DemoMessage(String startLine, List<Header> headers, String body) {
    private static final Map<String, String> LONG_FORMS = Map.of(
            "v",
            "Via",
            "f",
            "From",
            "t",
            "To",
            "i",
            "Call-ID",
            "m",
            "Contact",
            "l",
            "Content-Length",
            "c",
            "Content-Type",
            "k",
            "Supported");

    DemoMessage {
        headers = List.copyOf(headers);
    }

    /**
     * One header line.
     *
     * @param name as written, or the long form of a compact one
     * @param value without the white space around it
     */
    record Header(String name, String value) {}

    /** Reads a message; empty when the text is none. */
    static Optional<DemoMessage> parse(String text) {
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            return Optional.empty();
        }
        List<String> lines =
                text.substring(0, end).replaceAll("\r\n[ \t]+", " ").lines().toList();
        if (lines.isEmpty() || !lines.get(0).contains("SIP/2.0")) {
            return Optional.empty();
        }
        List<Header> headers = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            int colon = line.indexOf(':');
            if (colon < 1) {
                return Optional.empty();
            }
            String name = line.substring(0, colon).strip();
            headers.add(new Header(
                    LONG_FORMS.getOrDefault(name.toLowerCase(Locale.ROOT), name),
                    line.substring(colon + 1).strip()));
        }
        return Optional.of(new DemoMessage(lines.get(0), headers, text.substring(end + 4)));
    }

    /** The bytes to send, Content-Length added. */
    static String write(String startLine, List<Header> headers, String body) {
        StringBuilder text = new StringBuilder(startLine).append("\r\n");
        for (Header header : headers) {
            text.append(header.name()).append(": ").append(header.value()).append("\r\n");
        }
        if (!body.isEmpty()) {
            text.append("Content-Type: application/sdp\r\n");
        }
        int length = body.getBytes(StandardCharsets.UTF_8).length;
        return text.append("Content-Length: ")
                .append(length)
                .append("\r\n\r\n")
                .append(body)
                .toString();
    }

    boolean isRequest() {
        return !startLine.startsWith("SIP/2.0 ");
    }

    /** The method of a request, or of the request that a response answers. */
    String method() {
        String cseq = first("CSeq");
        return cseq.substring(cseq.indexOf(' ') + 1).strip();
    }

    /** The number in CSeq. */
    String cseqNumber() {
        String cseq = first("CSeq");
        return cseq.substring(0, Math.max(0, cseq.indexOf(' ')));
    }

    /** The status of a response, or 0 when it cannot be read. */
    int status() {
        String code = startLine.length() >= 11 ? startLine.substring(8, 11) : "";
        return code.chars().allMatch(c -> c >= '0' && c <= '9') && !code.isEmpty() ? Integer.parseInt(code) : 0;
    }

    /** The value of the first header of that name, or empty. */
    String first(String name) {
        return headers.stream()
                .filter(header -> header.name().equalsIgnoreCase(name))
                .map(Header::value)
                .findFirst()
                .orElse("");
    }

    /** All values of the headers of that name, those that share a line taken apart. */
    List<String> all(String name) {
        List<String> values = new ArrayList<>();
        for (Header header : headers) {
            if (header.name().equalsIgnoreCase(name)) {
                values.addAll(splitAtCommas(header.value()));
            }
        }
        return values;
    }

    /** The headers of that name, as they are. */
    List<Header> lines(String name) {
        return headers.stream()
                .filter(header -> header.name().equalsIgnoreCase(name))
                .toList();
    }

    /** The branch of the topmost Via. */
    String branch() {
        return parameter(all("Via").stream().findFirst().orElse(""), "branch");
    }

    /** The tag of From or To, or empty. */
    String tag(String name) {
        String value = first(name);
        return parameter(value.substring(value.lastIndexOf('>') + 1), "tag");
    }

    /** The address in the first name-addr or URI of a header. */
    String uri(String name) {
        String value = all(name).stream().findFirst().orElse("");
        int open = value.indexOf('<');
        int close = value.indexOf('>', open + 1);
        return open >= 0 && close > open ? value.substring(open + 1, close) : value;
    }

    /** The value of {@code ;name=value}, or empty when it is absent or has none. */
    static String parameter(String text, String name) {
        for (String part : text.split(";", -1)) {
            int equals = part.indexOf('=');
            if (equals > 0 && part.substring(0, equals).strip().equalsIgnoreCase(name)) {
                return part.substring(equals + 1).strip();
            }
        }
        return "";
    }

    private static List<String> splitAtCommas(String value) {
        List<String> parts = new ArrayList<>();
        int start = 0;
        boolean quoted = false;
        boolean bracketed = false;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (!quoted && (c == '<' || c == '>')) {
                bracketed = c == '<';
            } else if (c == ',' && !quoted && !bracketed) {
                parts.add(value.substring(start, i).strip());
                start = i + 1;
            }
        }
        parts.add(value.substring(start).strip());
        return parts;
    }
}
