package org.strowger.sip;

import org.strowger.threading.RunsOn;

/**
 * One Via value inside a message (RFC 3261 section 20.42, RFC 3581): where its parts begin and end. Reused.
 *
 * <p>Several values may share one header line; {@link #hasNextInLine()} says so and {@link #nextStart()} where the next
 * one begins.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class Via {
    private final Span value = new Span();
    private final Span transport = new Span();
    private final Span host = new Span();
    private final Span branch = new Span();
    private final Span received = new Span();
    private final Span maddr = new Span();
    private final Span rport = new Span();
    private int port = -1;
    private boolean rportAsked;
    private int nextStart = -1;
    private int header = -1;

    /** The value from its protocol name to its last character, without surrounding white space. */
    public Span value() {
        return value;
    }

    /** The transport token. */
    public Span transport() {
        return transport;
    }

    /** The host of sent-by; an IPv6 reference with its brackets. */
    public Span host() {
        return host;
    }

    /** The port of sent-by, or -1 when it names none. */
    public int port() {
        return port;
    }

    /** The branch parameter's value, or absent. */
    public Span branch() {
        return branch;
    }

    /** True when the branch begins with the magic cookie of RFC 3261 section 8.1.1.7 and has something after it. */
    public boolean hasMagicBranch(byte[] b) {
        return branch.length() > 7 && Ascii.equalsIgnoreCase(b, branch.start, branch.start + 7, "z9hg4bk");
    }

    /** The received parameter's value, or absent. */
    public Span received() {
        return received;
    }

    /** The maddr parameter's value, or absent. */
    public Span maddr() {
        return maddr;
    }

    /** True when an rport parameter is there, with or without a value (RFC 3581). */
    public boolean hasRport() {
        return rportAsked;
    }

    /** What follows the name rport: its value; empty at the place where one belongs; absent without an rport. */
    public Span rport() {
        return rport;
    }

    public boolean hasNextInLine() {
        return nextStart >= 0;
    }

    /** Where the next value of the same header line begins, or -1. */
    public int nextStart() {
        return nextStart;
    }

    /** The index of the header line that holds this value. */
    public int header() {
        return header;
    }

    /** Reads the value that begins at {@code from}. False when it is malformed. */
    boolean parse(byte[] b, int from, int to, int headerIndex) {
        clear();
        header = headerIndex;
        int i = Ascii.skipLws(b, from, to);
        int start = i;
        int end = Ascii.skipToken(b, i, to);
        if (!Ascii.equalsIgnoreCase(b, i, end, "sip")) {
            return false;
        }
        i = slash(b, end, to);
        if (i < 0) {
            return false;
        }
        end = Ascii.skipToken(b, i, to);
        if (!Ascii.equalsIgnoreCase(b, i, end, "2.0")) {
            return false;
        }
        i = slash(b, end, to);
        if (i < 0) {
            return false;
        }
        end = Ascii.skipToken(b, i, to);
        transport.set(i, end);
        i = Ascii.skipLws(b, end, to);
        if (transport.length() == 0 || i == end) {
            return false;
        }
        i = sentBy(b, i, to);
        return i >= 0 && parameters(b, start, i, to);
    }

    void clear() {
        value.clear();
        transport.clear();
        host.clear();
        branch.clear();
        received.clear();
        maddr.clear();
        rport.clear();
        port = -1;
        rportAsked = false;
        nextStart = -1;
        header = -1;
    }

    /** The index after a slash that may have white space around it, or -1. */
    private static int slash(byte[] b, int from, int to) {
        int i = Ascii.skipLws(b, from, to);
        return i < to && b[i] == '/' ? Ascii.skipLws(b, i + 1, to) : -1;
    }

    private int sentBy(byte[] b, int from, int to) {
        int end = HostPort.hostEnd(b, from, to);
        if (end == from) {
            return -1;
        }
        host.set(from, end);
        int i = Ascii.skipLws(b, end, to);
        if (i < to && b[i] == ':') {
            int digits = Ascii.skipLws(b, i + 1, to);
            i = digits;
            while (i < to && Ascii.isDigit(b[i])) {
                i++;
            }
            port = (int) Ascii.number(b, digits, i, 65_535);
            if (port < 0) {
                return -1;
            }
            i = Ascii.skipLws(b, i, to);
        }
        return i;
    }

    private boolean parameters(byte[] b, int start, int from, int to) {
        int i = from;
        while (i < to && b[i] == ';') {
            int name = Ascii.skipLws(b, i + 1, to);
            int nameEnd = Ascii.skipToken(b, name, to);
            if (nameEnd == name) {
                return false;
            }
            i = Ascii.skipLws(b, nameEnd, to);
            int valueStart = nameEnd;
            int valueEnd = nameEnd;
            if (i < to && b[i] == '=') {
                valueStart = Ascii.skipLws(b, i + 1, to);
                valueEnd = parameterValueEnd(b, valueStart, to);
                if (valueEnd < 0) {
                    return false;
                }
                i = Ascii.skipLws(b, valueEnd, to);
            }
            if (!parameter(b, name, nameEnd, valueStart, valueEnd)) {
                return false;
            }
        }
        value.set(start, Ascii.trimEnd(b, start, i));
        if (i < to) {
            if (b[i] != ',') {
                return false;
            }
            nextStart = Ascii.skipLws(b, i + 1, to);
            return nextStart < to;
        }
        return true;
    }

    private static int parameterValueEnd(byte[] b, int from, int to) {
        if (from < to && b[from] == '"') {
            return Ascii.skipQuoted(b, from, to);
        }
        int i = from;
        while (i < to && b[i] != ';' && b[i] != ',' && !Ascii.isLws(b[i])) {
            i++;
        }
        return i;
    }

    /** False when a parameter that is read lacks its value; only rport may. */
    private boolean parameter(byte[] b, int name, int nameEnd, int valueStart, int valueEnd) {
        boolean empty = valueStart == valueEnd;
        switch (nameEnd - name) {
            case 5 -> {
                if (Ascii.equalsIgnoreCase(b, name, nameEnd, "rport")) {
                    rportAsked = true;
                    rport.set(valueStart, valueEnd);
                    return !empty || valueStart == nameEnd;
                } else if (Ascii.equalsIgnoreCase(b, name, nameEnd, "maddr")) {
                    maddr.set(valueStart, valueEnd);
                    return !empty;
                }
            }
            case 6 -> {
                if (Ascii.equalsIgnoreCase(b, name, nameEnd, "branch")) {
                    branch.set(valueStart, valueEnd);
                    return !empty;
                }
            }
            case 8 -> {
                if (Ascii.equalsIgnoreCase(b, name, nameEnd, "received")) {
                    received.set(valueStart, valueEnd);
                    return !empty;
                }
            }
            default -> {}
        }
        return true;
    }
}
