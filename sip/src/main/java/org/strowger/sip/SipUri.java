package org.strowger.sip;

import org.strowger.threading.RunsOn;

/**
 * A URI inside a message (RFC 3261 section 19.1): where its parts begin and end. Reused; filled by {@link #parse}.
 *
 * <p>Only {@code sip} and {@code sips} URIs are taken apart. Of any other scheme just the scheme is known, which is what
 * a proxy needs to answer 416 or to pass it on.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class SipUri {

    /** The scheme, as far as routing distinguishes it. */
    public enum Scheme {
        SIP,
        SIPS,
        TEL,
        OTHER
    }

    private final Span whole = new Span();
    private final Span user = new Span();
    private final Span host = new Span();
    private final Span parameters = new Span();
    private final Span headers = new Span();
    private final Span transport = new Span();
    private final Span maddr = new Span();
    private Scheme scheme = Scheme.OTHER;
    private int port = -1;
    private boolean looseRouting;

    public Scheme scheme() {
        return scheme;
    }

    /** The URI without angle brackets. */
    public Span whole() {
        return whole;
    }

    /** The user part without password, or absent. Escapes are left as they are. */
    public Span user() {
        return user;
    }

    /** The host; an IPv6 reference with its brackets. */
    public Span host() {
        return host;
    }

    /** The port, or -1 when the URI names none. */
    public int port() {
        return port;
    }

    /** The parameters with their leading semicolon, without the headers part; absent when there are none. */
    public Span parameters() {
        return parameters;
    }

    /** The headers with their leading question mark, or absent. A Request-URI has none (RFC 3261 section 19.1.1). */
    public Span headers() {
        return headers;
    }

    /** The value of the transport parameter, or absent. */
    public Span transport() {
        return transport;
    }

    /** The value of the maddr parameter, or absent. */
    public Span maddr() {
        return maddr;
    }

    /** True when the lr parameter is there (RFC 3261 section 19.1.1). */
    public boolean isLooseRouting() {
        return looseRouting;
    }

    /**
     * Takes the URI that fills {@code [from, to)} apart. False when it has no scheme or holds white space, or when a sip
     * or sips URI is malformed; then no parts are present.
     */
    boolean parse(byte[] b, int from, int to) {
        clear();
        whole.set(from, to);
        int colon = from;
        while (colon < to && Ascii.isToken(b[colon])) {
            colon++;
        }
        if (colon == from || colon >= to || b[colon] != ':') {
            return false;
        }
        scheme = schemeOf(b, from, colon);
        if (scheme == Scheme.TEL || scheme == Scheme.OTHER) {
            return isUnbroken(b, colon + 1, to);
        }
        if (authority(b, colon + 1, to)) {
            return true;
        }
        clearParts();
        return false;
    }

    void clear() {
        whole.clear();
        clearParts();
        scheme = Scheme.OTHER;
    }

    private void clearParts() {
        user.clear();
        host.clear();
        parameters.clear();
        headers.clear();
        transport.clear();
        maddr.clear();
        port = -1;
        looseRouting = false;
    }

    private static Scheme schemeOf(byte[] b, int from, int colon) {
        if (Ascii.equalsIgnoreCase(b, from, colon, "sip")) {
            return Scheme.SIP;
        }
        if (Ascii.equalsIgnoreCase(b, from, colon, "sips")) {
            return Scheme.SIPS;
        }
        return Ascii.equalsIgnoreCase(b, from, colon, "tel") ? Scheme.TEL : Scheme.OTHER;
    }

    /** A user part may hold semicolons and question marks (RFC 4475 section 3.1.1.9), so look for the at sign first. */
    private boolean authority(byte[] b, int from, int to) {
        int at = -1;
        for (int i = from; i < to; i++) {
            byte c = b[i];
            if (c == '@') {
                at = i;
                break;
            }
            if (isForbidden(c)) {
                return false;
            }
        }
        int hostStart = from;
        if (at >= 0) {
            int userEnd = from;
            while (userEnd < at && b[userEnd] != ':') {
                userEnd++;
            }
            if (userEnd == from) {
                return false;
            }
            user.set(from, userEnd);
            hostStart = at + 1;
        }
        int hostEnd = HostPort.hostEnd(b, hostStart, to);
        if (hostEnd <= hostStart) {
            return false;
        }
        host.set(hostStart, hostEnd);
        return portAndRest(b, hostEnd, to);
    }

    private boolean portAndRest(byte[] b, int hostEnd, int to) {
        int i = hostEnd;
        if (i < to && b[i] == ':') {
            int digits = i + 1;
            i = digits;
            while (i < to && Ascii.isDigit(b[i])) {
                i++;
            }
            port = (int) Ascii.number(b, digits, i, 65_535);
            if (port < 0) {
                return false;
            }
        }
        if (i < to && b[i] == ';') {
            int end = i;
            while (end < to && b[end] != '?') {
                if (isForbidden(b[end])) {
                    return false;
                }
                end++;
            }
            parameters.set(i, end);
            parameters(b, i, end);
            i = end;
        }
        if (i < to && b[i] == '?') {
            headers.set(i, to);
            return isUnbroken(b, i, to);
        }
        return i == to;
    }

    private static boolean isUnbroken(byte[] b, int from, int to) {
        for (int i = from; i < to; i++) {
            if (isForbidden(b[i])) {
                return false;
            }
        }
        return true;
    }

    /** What would end the URI for somebody else. Bytes above 127 occur and are let through. */
    private static boolean isForbidden(byte c) {
        return (c <= ' ' && c >= 0) || c == '<' || c == '>' || c == '"' || c == 0x7F;
    }

    private void parameters(byte[] b, int from, int to) {
        int i = from;
        while (i < to) {
            int name = i + 1;
            int next = name;
            int equals = -1;
            while (next < to && b[next] != ';') {
                if (equals < 0 && b[next] == '=') {
                    equals = next;
                }
                next++;
            }
            parameter(b, name, equals < 0 ? next : equals, next);
            i = next;
        }
    }

    private void parameter(byte[] b, int name, int nameEnd, int end) {
        switch (nameEnd - name) {
            case 2 -> looseRouting |= Ascii.equalsIgnoreCase(b, name, nameEnd, "lr");
            case 5 -> {
                if (Ascii.equalsIgnoreCase(b, name, nameEnd, "maddr") && nameEnd < end) {
                    maddr.set(nameEnd + 1, end);
                }
            }
            case 9 -> {
                if (Ascii.equalsIgnoreCase(b, name, nameEnd, "transport") && nameEnd < end) {
                    transport.set(nameEnd + 1, end);
                }
            }
            default -> {}
        }
    }
}
