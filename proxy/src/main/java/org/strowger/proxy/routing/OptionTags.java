package org.strowger.proxy.routing;

/** Comma-separated option tags, as in Supported and Proxy-Require (RFC 3261 section 19.2). */
final class OptionTags {

    private OptionTags() {}

    /** True when {@code tag}, in lower case, is among those in {@code [from, to)}, whatever their case. */
    static boolean contains(byte[] b, int from, int to, String tag) {
        int start = from;
        for (int i = from; i <= to; i++) {
            if (i == to || b[i] == ',') {
                if (equalsTrimmed(b, start, i, tag)) {
                    return true;
                }
                start = i + 1;
            }
        }
        return false;
    }

    private static boolean equalsTrimmed(byte[] b, int from, int to, String tag) {
        int start = from;
        int end = to;
        while (start < end && b[start] <= ' ') {
            start++;
        }
        while (end > start && b[end - 1] <= ' ') {
            end--;
        }
        if (end - start != tag.length()) {
            return false;
        }
        for (int i = 0; i < tag.length(); i++) {
            byte c = b[start + i];
            if ((c >= 'A' && c <= 'Z' ? c | 0x20 : c) != tag.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
