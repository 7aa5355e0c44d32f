package org.strowger.proxy.balancing;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.strowger.sip.HeaderId;
import org.strowger.sip.SipMessage;
import org.strowger.threading.RunsOn;

/** The name of a header as a rule or policy writes it; finds that header in a message in any case, long or compact. */
@RunsOn(RunsOn.Runner.ANY)
public final class HeaderName {
    private final String text;
    private final HeaderId id;
    private final byte[] lowerCase;

    public HeaderName(String text) {
        if (text.isEmpty() || !text.chars().allMatch(HeaderName::isToken)) {
            throw new IllegalArgumentException("header: " + text + " (expected: a header name)");
        }
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        this.text = text;
        this.id = HeaderId.of(bytes, 0, bytes.length);
        this.lowerCase = text.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII);
    }

    /** The index of the first header of this name in the message, or -1. */
    public int first(SipMessage message) {
        int index = message.first(id);
        return id == HeaderId.OTHER ? firstNamed(message, index) : index;
    }

    /** The index of the next header of this name after {@code index}, or -1. */
    public int next(SipMessage message, int index) {
        int next = message.next(index);
        return id == HeaderId.OTHER ? firstNamed(message, next) : next;
    }

    private int firstNamed(SipMessage message, int from) {
        int index = from;
        while (index >= 0 && !matches(message, index)) {
            index = message.next(index);
        }
        return index;
    }

    private boolean matches(SipMessage message, int index) {
        int start = message.nameStart(index);
        if (message.nameEnd(index) - start != lowerCase.length) {
            return false;
        }
        byte[] b = message.bytes();
        for (int i = 0; i < lowerCase.length; i++) {
            byte c = b[start + i];
            if (c != lowerCase[i] && (c < 'A' || c > 'Z' || (c | 0x20) != lowerCase[i])) {
                return false;
            }
        }
        return true;
    }

    /** RFC 3261 section 25.1, token. */
    private static boolean isToken(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || "-.!%*_+`'~".indexOf(c) >= 0;
    }

    /** Names of the same header are equal, whatever their case or form. */
    @Override
    public boolean equals(Object other) {
        return other instanceof HeaderName that
                && id == that.id
                && (id != HeaderId.OTHER || text.equalsIgnoreCase(that.text));
    }

    @Override
    public int hashCode() {
        return id == HeaderId.OTHER ? text.toLowerCase(Locale.ROOT).hashCode() : id.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
