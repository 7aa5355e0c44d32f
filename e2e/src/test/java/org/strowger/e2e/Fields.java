package org.strowger.e2e;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What stands in the header fields of a message. */
final class Fields {
    private Fields() {}

    /** The first value of a header, or nothing. */
    static String value(WireMessage message, String name) {
        List<WireMessage.Header> found = message.named(name);
        return found.isEmpty() ? "" : found.get(0).value();
    }

    /** All values of a header, those on one line apart. */
    static List<String> values(WireMessage message, String name) {
        List<String> values = new ArrayList<>();
        for (WireMessage.Header header : message.named(name)) {
            values.addAll(Arrays.asList(header.value().split(",\\s*")));
        }
        return values;
    }

    /** A parameter of a value, or nothing. */
    static String parameter(String value, String name) {
        int start = value.indexOf(";" + name + "=");
        if (start < 0) {
            return "";
        }
        int from = start + name.length() + 2;
        int end = value.indexOf(';', from);
        return end < 0 ? value.substring(from) : value.substring(from, end);
    }

    /** What stands between the angle brackets. */
    static String uri(String value) {
        return value.replaceAll("^[^<]*<([^>]*)>.*$", "$1");
    }

    static String method(WireMessage message) {
        return message.isRequest()
                ? message.startLine().substring(0, message.startLine().indexOf(' '))
                : value(message, "cseq").replaceFirst("^\\d+ ", "");
    }

    static String requestUri(WireMessage message) {
        return message.startLine().split(" ", -1)[1];
    }

    static String topBranch(WireMessage message) {
        return parameter(value(message, "via"), "branch");
    }
}
