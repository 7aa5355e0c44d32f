package org.strowger.sip;

/** The host part that URIs and Via share (RFC 3261 section 25.1: hostname, IPv4address, IPv6reference). */
final class HostPort {

    private HostPort() {}

    /** The index after the host that begins at {@code from}; {@code from} itself when there is none. */
    static int hostEnd(byte[] b, int from, int to) {
        if (from < to && b[from] == '[') {
            int i = from + 1;
            while (i < to && isIpv6Character(b[i])) {
                i++;
            }
            return i < to && b[i] == ']' && i > from + 2 ? i + 1 : from;
        }
        int i = from;
        while (i < to && isHostCharacter(b[i])) {
            i++;
        }
        return i;
    }

    private static boolean isIpv6Character(byte c) {
        int lower = c | 0x20;
        return Ascii.isDigit(c) || (lower >= 'a' && lower <= 'f') || c == ':' || c == '.';
    }

    /** Underscore is not in the grammar but in the names of real hosts. */
    private static boolean isHostCharacter(byte c) {
        int lower = c | 0x20;
        return (lower >= 'a' && lower <= 'z') || Ascii.isDigit(c) || c == '-' || c == '.' || c == '_';
    }
}
