package org.strowger.proxy.balancing;

import org.strowger.sip.SipMessage;
import org.strowger.sip.SipUri;
import org.strowger.sip.Span;
import org.strowger.threading.RunsOn;

/**
 * The user of a URI as it compares: with its escapes undone, because {@code %31900} and {@code 1900} name one user
 * (RFC 3261 section 19.1.4), and for a tel URI its number without parameters (RFC 3966). Reused; what it holds is valid
 * until the next {@link #read} or parse.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class UserText {
    private byte[] unescaped = new byte[128];
    private byte[] bytes = unescaped;
    private int from;
    private int to;

    /** The array that holds the user: the message's own, unless it had escapes. */
    public byte[] bytes() {
        return bytes;
    }

    public int from() {
        return from;
    }

    public int to() {
        return to;
    }

    /** Takes the user of a URI of {@code message}. False when it has none. */
    public boolean read(SipMessage message, SipUri uri) {
        bytes = message.bytes();
        if (uri.scheme() == SipUri.Scheme.TEL) {
            tel(uri.whole());
        } else if (uri.user().isPresent()) {
            from = uri.user().start();
            to = uri.user().end();
        } else {
            return false;
        }
        for (int i = from; i < to; i++) {
            if (bytes[i] == '%') {
                unescape(i);
                break;
            }
        }
        return to > from;
    }

    private void tel(Span whole) {
        from = whole.start() + 4; // "tel:"
        to = from;
        while (to < whole.end() && bytes[to] != ';') {
            to++;
        }
    }

    private void unescape(int firstEscape) {
        if (unescaped.length < to - from) {
            unescaped = new byte[Math.max(to - from, 2 * unescaped.length)];
        }
        int length = firstEscape - from;
        System.arraycopy(bytes, from, unescaped, 0, length);
        int i = firstEscape;
        while (i < to) {
            byte b = bytes[i];
            if (b == '%' && i + 2 < to && digit(bytes[i + 1]) >= 0 && digit(bytes[i + 2]) >= 0) {
                b = (byte) (digit(bytes[i + 1]) << 4 | digit(bytes[i + 2]));
                i += 2;
            }
            unescaped[length++] = b;
            i++;
        }
        bytes = unescaped;
        from = 0;
        to = length;
    }

    private static int digit(byte b) {
        return b < 0 ? -1 : Character.digit(b, 16);
    }
}
