package org.strowger.sip.stream;

import org.strowger.sip.LineFeeds;

/** Finds the Content-Length of a whole message head (RFC 3261 section 20.14), in its long or compact form. */
final class ContentLength {
    /** No such header. */
    static final int ABSENT = -1;
    /** Not a number below 2**31, or several that differ. */
    static final int BAD = -2;

    private static final String LONG_FORM = "content-length";

    private ContentLength() {}

    /** The value in the head {@code [from, to)}, which ends with the empty line; or one of the constants. */
    static int of(byte[] b, int from, int to) {
        int found = ABSENT;
        int line = LineFeeds.next(b, from, to) + 1;
        while (line < to) {
            int next = LineFeeds.next(b, line, to) + 1;
            int letter = b[line] | 0x20;
            if (letter == 'c' || letter == 'l') {
                int colon = colonAfterName(b, line, next);
                if (colon >= 0) {
                    next = unfolded(b, next, to);
                    int value = number(b, colon + 1, next);
                    if (value == BAD || (found != ABSENT && found != value)) {
                        return BAD;
                    }
                    found = value;
                }
            }
            line = next;
        }
        return found;
    }

    /** The index of the colon if the header in the line is Content-Length, else -1. */
    private static int colonAfterName(byte[] b, int line, int end) {
        int length = (b[line] | 0x20) == 'l' ? 1 : LONG_FORM.length();
        if (line + length >= end) {
            return -1;
        }
        for (int i = 1; i < length; i++) {
            byte letter = b[line + i];
            int lower = letter >= 'A' && letter <= 'Z' ? letter | 0x20 : letter;
            if (lower != LONG_FORM.charAt(i)) {
                return -1;
            }
        }
        int colon = line + length;
        while (colon < end && (b[colon] == ' ' || b[colon] == '\t')) {
            colon++;
        }
        return colon < end && b[colon] == ':' ? colon : -1;
    }

    /** The end of a header whose first line ends at {@code next}, with the lines folded onto it (section 7.3.1). */
    private static int unfolded(byte[] b, int next, int to) {
        int end = next;
        while (end < to && (b[end] == ' ' || b[end] == '\t')) {
            end = LineFeeds.next(b, end, to) + 1;
        }
        return end;
    }

    /** Digits with white space around them; anything else, a sign or a second number, is {@link #BAD}. */
    private static int number(byte[] b, int from, int to) {
        int end = to;
        while (end > from && isSpace(b[end - 1])) {
            end--;
        }
        int start = from;
        while (start < end && isSpace(b[start])) {
            start++;
        }
        if (start == end) {
            return BAD;
        }
        long value = 0;
        for (int i = start; i < end; i++) {
            if (b[i] < '0' || b[i] > '9') {
                return BAD;
            }
            value = value * 10 + (b[i] - '0');
            if (value > Integer.MAX_VALUE) {
                return BAD;
            }
        }
        return (int) value;
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || b == '\t' || b == '\r' || b == '\n';
    }
}
