package org.strowger.sip;

import org.strowger.threading.RunsOn;

/**
 * Finds the method and the Call-ID of a request in raw bytes, so that a message can be given to the event loop that owns
 * its call before anybody has read it whole. Sees what {@link SipParser} would see in every message that the parser
 * accepts; of others it says something, or nothing. Reused from message to message.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class CallIdScan {
    private static final String NAME = "call-id";

    private final Span callId = new Span();
    private Method method = Method.OTHER;

    /** True when what is in {@code [from, to)} begins as responses do. */
    public static boolean isResponse(byte[] b, int from, int to) {
        int i = skipLineEnds(b, from, to);
        // A slash is no part of a method.
        return i + 4 <= to && b[i + 3] == '/' && Ascii.equalsIgnoreCase(b, i, i + 4, "sip/");
    }

    /** Looks at the request in {@code [from, to)}; false when it has no Call-ID. */
    public boolean find(byte[] b, int from, int to) {
        int start = skipLineEnds(b, from, to);
        int lineFeed = lineFeed(b, start, to);
        method = Method.of(b, start, Ascii.skipToken(b, start, lineFeed));
        while (lineFeed < to) {
            int line = lineFeed + 1;
            lineFeed = lineFeed(b, line, to);
            if (lineFeed - line <= 1) {
                break;
            }
            int value = callIdValue(b, line, lineFeed);
            if (value >= 0) {
                int end = Ascii.trimEnd(b, value, unfolded(b, lineFeed, to));
                callId.set(Ascii.skipLws(b, value, end), end);
                return callId.length() > 0;
            }
        }
        callId.clear();
        return false;
    }

    /** Of the last request that had one. */
    public Span callId() {
        return callId;
    }

    /** Of the last request. */
    public Method method() {
        return method;
    }

    private static int skipLineEnds(byte[] b, int from, int to) {
        int i = from;
        while (i < to && (b[i] == '\r' || b[i] == '\n')) {
            i++;
        }
        return i;
    }

    /** The index of the next line feed, or {@code to}. */
    private static int lineFeed(byte[] b, int from, int to) {
        int next = Ascii.afterLine(b, Ascii.indexOfLineEnd(b, from, to), to);
        return next < 0 ? to : next - 1;
    }

    /** What follows the colon of a Call-ID header; -1 when the line is another. */
    private static int callIdValue(byte[] b, int line, int lineFeed) {
        byte first = Ascii.lower(b[line]);
        int end = first == 'c' ? line + NAME.length() : line + 1;
        boolean named = first == 'i' || (first == 'c' && end <= lineFeed && Ascii.equalsIgnoreCase(b, line, end, NAME));
        if (!named) {
            return -1;
        }
        while (end < lineFeed && (b[end] == ' ' || b[end] == '\t')) {
            end++;
        }
        return end < lineFeed && b[end] == ':' ? end + 1 : -1;
    }

    /** The end of the header that begins on the line of that line feed, with the lines folded into it. */
    private static int unfolded(byte[] b, int lineFeed, int to) {
        int end = lineFeed;
        while (end + 1 < to && (b[end + 1] == ' ' || b[end + 1] == '\t')) {
            end = lineFeed(b, end + 1, to);
        }
        return end;
    }
}
