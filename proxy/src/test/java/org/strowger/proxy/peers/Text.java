package org.strowger.proxy.peers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** SIP messages as tests write and read them. */
public final class Text {
    private Text() {}

    /** A request with these header lines, without body. */
    public static String request(String line, String... headers) {
        return line + " SIP/2.0\r\n" + String.join("\r\n", headers) + "\r\nContent-Length: 0\r\n\r\n";
    }

    /** The answer to a request: Via, From, To, Call-ID, CSeq and Record-Route as they came. */
    public static String answer(String request, String status, String... headers) {
        String tag = request.contains(";tag=callee") ? ";tag=phone" : ";tag=callee";
        StringBuilder text = new StringBuilder("SIP/2.0 ").append(status).append("\r\n");
        for (String line : request.lines().toList()) {
            if (line.matches("(Via|From|To|Call-ID|CSeq|Record-Route):.*")) {
                boolean untagged = line.startsWith("To:") && !line.contains(";tag=");
                text.append(line).append(untagged ? tag : "").append("\r\n");
            }
        }
        for (String header : headers) {
            text.append(header).append("\r\n");
        }
        return text.append("Content-Length: 0\r\n\r\n").toString();
    }

    /** The values of a header, one a line, in order. */
    public static List<String> values(String message, String name) {
        List<String> values = new ArrayList<>();
        for (String line :
                message.substring(0, message.indexOf("\r\n\r\n")).lines().toList()) {
            if (line.startsWith(name + ": ")) {
                values.addAll(Arrays.asList(line.substring(name.length() + 2).split(", ", -1)));
            }
        }
        return values;
    }

    public static String value(String message, String name) {
        return values(message, name).get(0);
    }

    /** Route lines of the one who called, from the answer, or of the one who was called, from the request. */
    public static String[] routes(List<String> values) {
        return values.stream().map(value -> "Route: " + value).toArray(String[]::new);
    }

    public static List<String> reversed(List<String> values) {
        List<String> turned = new ArrayList<>(values);
        Collections.reverse(turned);
        return turned;
    }

    /** Joins lines and lists of lines. */
    public static String[] lines(String[] first, String... more) {
        List<String> all = new ArrayList<>(Arrays.asList(first));
        all.addAll(Arrays.asList(more));
        return all.toArray(String[]::new);
    }
}
