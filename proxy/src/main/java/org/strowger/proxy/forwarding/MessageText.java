package org.strowger.proxy.forwarding;

import java.nio.charset.StandardCharsets;
import org.strowger.sip.HeaderId;
import org.strowger.sip.IpText;
import org.strowger.sip.SipMessage;
import org.strowger.threading.RunsOn;

/** A message of our own while it is written: where to, and how far it has got. The writer sees to the room for it. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class MessageText {
    static final byte[] LINE_END = ascii("\r\n");
    /** The last line of a message without a body, and the empty line. */
    static final byte[] END = ascii("Content-Length: 0\r\n\r\n");
    /** Room for what is written besides copied lines. */
    static final int OVERHEAD = 768;

    private byte[] out = new byte[0];
    private int at;

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** A new message, at the start of {@code target}. */
    void begin(byte[] target) {
        out = target;
        at = 0;
    }

    /** How far it has got: after the last line, its length. */
    int at() {
        return at;
    }

    /** Somebody else wrote into {@link #out} up to there. */
    void at(int end) {
        at = end;
    }

    byte[] out() {
        return out;
    }

    void put(char ascii) {
        out[at++] = (byte) ascii;
    }

    void put(String ascii) {
        for (int i = 0; i < ascii.length(); i++) {
            out[at++] = (byte) ascii.charAt(i);
        }
    }

    void put(byte[] text) {
        put(text, 0, text.length);
    }

    void put(byte[] source, int from, int to) {
        System.arraycopy(source, from, out, at, to - from);
        at += to - from;
    }

    void putNumber(int number) {
        at = IpText.writeNumber(number, out, at);
    }

    /** The first line of that header, if there is one. */
    void copyLine(SipMessage m, HeaderId id) {
        int header = m.first(id);
        if (header >= 0) {
            put(m.bytes(), m.lineStart(header), m.lineEnd(header));
        }
    }
}
