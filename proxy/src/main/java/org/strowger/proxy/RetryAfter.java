package org.strowger.proxy;

import org.strowger.sip.Ascii;
import org.strowger.sip.HeaderId;
import org.strowger.sip.SipMessage;

/** Reads Retry-After (RFC 3261 section 20.33). */
final class RetryAfter {
    /** Nobody is believed to be busy for longer. */
    private static final int MAX_SECONDS = 3600;

    private RetryAfter() {}

    /** The seconds of its first field, at most an hour; 0 when there is none. */
    static int seconds(SipMessage m) {
        byte[] b = m.bytes();
        for (int i = 0; i < m.headerCount(); i++) {
            if (m.headerId(i) == HeaderId.OTHER
                    && Ascii.equalsIgnoreCase(b, m.nameStart(i), m.nameEnd(i), "retry-after")) {
                int seconds = 0;
                for (int at = m.valueStart(i); at < m.valueEnd(i) && b[at] >= '0' && b[at] <= '9'; at++) {
                    seconds = Math.min(MAX_SECONDS, seconds * 10 + b[at] - '0');
                }
                return seconds;
            }
        }
        return 0;
    }
}
