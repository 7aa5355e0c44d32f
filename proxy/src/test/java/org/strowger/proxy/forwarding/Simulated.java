package org.strowger.proxy.forwarding;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A SIP message of the simulation, as lines. */
record Simulated(String first, List<String> headers) {

    static Simulated read(byte[] bytes, int from, int to) {
        String[] lines = new String(bytes, from, to - from, ISO_8859_1).split("\r\n");
        return new Simulated(
                lines[0],
                List.of(lines).subList(1, lines.length).stream()
                        .filter(line -> line.indexOf(':') > 0)
                        .toList());
    }

    boolean isRequest() {
        return !first.startsWith("SIP/2.0");
    }

    int status() {
        return Integer.parseInt(first.substring(8, 11));
    }

    String method() {
        return first.substring(0, first.indexOf(' '));
    }

    String header(String name) {
        String prefix = name + ": ";
        for (String header : headers) {
            if (header.startsWith(prefix)) {
                return header.substring(prefix.length());
            }
        }
        throw new AssertionError(name + " is missing in " + this);
    }

    List<String> all(String name) {
        return headers.stream().filter(header -> header.startsWith(name + ": ")).toList();
    }

    String cseqMethod() {
        String cseq = header("CSeq");
        return cseq.substring(cseq.indexOf(' ') + 1);
    }

    /** The branch of the topmost Via. */
    String branch() {
        String via = header("Via");
        int at = via.indexOf("branch=") + 7;
        int end = via.indexOf(';', at);
        return end < 0 ? via.substring(at) : via.substring(at, end);
    }

    /** The bytes of a response to this request. */
    byte[] answer(String status, String toTag) {
        StringBuilder text = new StringBuilder("SIP/2.0 " + status + "\r\n");
        for (String name : List.of("Via", "Record-Route", "From")) {
            all(name).forEach(line -> text.append(line).append("\r\n"));
        }
        String to = header("To");
        text.append("To: ")
                .append(to)
                .append(to.contains(";tag=") ? "" : ";tag=" + toTag)
                .append("\r\n");
        for (String name : List.of("Call-ID", "CSeq")) {
            text.append(name).append(": ").append(header(name)).append("\r\n");
        }
        return text.append("Content-Length: 0\r\n\r\n").toString().getBytes(ISO_8859_1);
    }

    static byte[] request(String method, String uri, Map<String, String> headers) {
        StringBuilder text = new StringBuilder(method + " " + uri + " SIP/2.0\r\n");
        new LinkedHashMap<>(headers)
                .forEach((name, value) ->
                        text.append(name).append(": ").append(value).append("\r\n"));
        return text.append("\r\n").toString().getBytes(ISO_8859_1);
    }
}
