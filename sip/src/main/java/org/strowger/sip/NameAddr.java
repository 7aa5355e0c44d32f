package org.strowger.sip;

import org.strowger.threading.RunsOn;

/**
 * A name-addr or addr-spec with its header parameters (RFC 3261 section 20.10), as in From, To, Route, Record-Route and
 * Path. Reused.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class NameAddr {
    private final Span uri = new Span();
    private final Span tag = new Span();
    private int end;
    private int nextStart = -1;
    private boolean bracketed;

    /** The URI text without angle brackets. */
    public Span uri() {
        return uri;
    }

    /** True when the URI stands in angle brackets; only then do parameters inside it belong to it. */
    public boolean isBracketed() {
        return bracketed;
    }

    /** The value of the tag parameter, or absent; an empty one is none. */
    public Span tag() {
        return tag;
    }

    /** The index after the value's last character. */
    public int end() {
        return end;
    }

    /** Where the next comma-separated value of the same header line begins, or -1. */
    public int nextStart() {
        return nextStart;
    }

    /** Reads the value that begins at {@code from}. False when it is malformed. */
    boolean parse(byte[] b, int from, int to) {
        clear();
        int i = Ascii.skipLws(b, from, to);
        if (i >= to) {
            return false;
        }
        if (b[i] == '"') {
            i = Ascii.skipQuoted(b, i, to);
            if (i < 0) {
                return false;
            }
            i = Ascii.skipLws(b, i, to);
            return i < to && b[i] == '<' && bracketed(b, i, to);
        }
        int probe = i;
        while (probe < to && b[probe] != '<' && b[probe] != ';' && b[probe] != ',' && b[probe] != '"') {
            probe++;
        }
        if (probe < to && b[probe] == '<') {
            return displayName(b, i, probe) && bracketed(b, probe, to);
        }
        return plain(b, i, to);
    }

    void clear() {
        uri.clear();
        tag.clear();
        end = -1;
        nextStart = -1;
        bracketed = false;
    }

    /** The unquoted words before an angle bracket: tokens and white space; bytes above 127 occur and are let through. */
    private static boolean displayName(byte[] b, int from, int to) {
        for (int i = from; i < to; i++) {
            if (!Ascii.isToken(b[i]) && !Ascii.isLws(b[i]) && b[i] >= 0) {
                return false;
            }
        }
        return true;
    }

    /** White space inside the brackets is wrong but harmless (RFC 4475 section 3.1.2.14). */
    private boolean bracketed(byte[] b, int open, int to) {
        int close = open + 1;
        while (close < to && b[close] != '>') {
            close++;
        }
        if (close >= to) {
            return false;
        }
        int uriStart = Ascii.skipLws(b, open + 1, close);
        if (uriStart == close) {
            return false;
        }
        uri.set(uriStart, Ascii.trimEnd(b, uriStart, close));
        bracketed = true;
        return parameters(b, close + 1, to);
    }

    /** Without brackets, a semicolon or comma ends the URI (RFC 3261 section 20). */
    private boolean plain(byte[] b, int from, int to) {
        int i = from;
        while (i < to && b[i] != ';' && b[i] != ',' && !Ascii.isLws(b[i])) {
            i++;
        }
        if (i == from) {
            return false;
        }
        uri.set(from, i);
        return parameters(b, i, to);
    }

    private boolean parameters(byte[] b, int from, int to) {
        end = from;
        int i = Ascii.skipLws(b, from, to);
        while (i < to && b[i] == ';') {
            int name = Ascii.skipLws(b, i + 1, to);
            int nameEnd = Ascii.skipToken(b, name, to);
            if (nameEnd == name) {
                return false;
            }
            end = nameEnd;
            i = Ascii.skipLws(b, nameEnd, to);
            if (i < to && b[i] == '=') {
                int valueStart = Ascii.skipLws(b, i + 1, to);
                int valueEnd = valueEnd(b, valueStart, to);
                if (valueEnd < 0) {
                    return false;
                }
                if (valueEnd > valueStart && Ascii.equalsIgnoreCase(b, name, nameEnd, "tag")) {
                    tag.set(valueStart, valueEnd);
                }
                end = valueEnd;
                i = Ascii.skipLws(b, valueEnd, to);
            }
        }
        if (i < to) {
            if (b[i] != ',') {
                return false;
            }
            nextStart = Ascii.skipLws(b, i + 1, to);
        }
        return true;
    }

    private static int valueEnd(byte[] b, int from, int to) {
        if (from < to && b[from] == '"') {
            return Ascii.skipQuoted(b, from, to);
        }
        int i = from;
        while (i < to && b[i] != ';' && b[i] != ',' && !Ascii.isLws(b[i])) {
            i++;
        }
        return i;
    }
}
