package org.strowger.sip.stun;

/**
 * What a datagram is that holds no message but keeps a path open. RFC 5626 section 4.4 gives datagrams STUN, but many
 * clients send line ends (section 4.4.1, meant for connections), NULs or nothing at all. None of it reaches the parser.
 */
public enum KeepAlive {
    /** Not a keep-alive: STUN, SIP or noise. */
    NONE,
    /** Two CR LF: a ping, which may be answered with CR LF. */
    DOUBLE_CRLF,
    /** One CR LF: the answer to a ping. */
    CRLF,
    /** Nothing, or any other mix of CR, LF and NUL: swallowed. */
    FILLER;

    /** Says what the datagram {@code [from, to)} is; by its first byte if it is a message. */
    public static KeepAlive of(byte[] b, int from, int to) {
        for (int i = from; i < to; i++) {
            if (b[i] != '\r' && b[i] != '\n' && b[i] != 0) {
                return NONE;
            }
        }
        if (to - from == 2 && isCrlf(b, from)) {
            return CRLF;
        }
        if (to - from == 4 && isCrlf(b, from) && isCrlf(b, from + 2)) {
            return DOUBLE_CRLF;
        }
        return FILLER;
    }

    private static boolean isCrlf(byte[] b, int at) {
        return b[at] == '\r' && b[at + 1] == '\n';
    }
}
