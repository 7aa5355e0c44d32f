package org.strowger.sip.cookie;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Base64 with the URL alphabet and without padding (RFC 4648 section 5): strict, and without allocation. */
final class Base64Url {
    private static final byte[] ENCODE =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DECODE = new byte[256];

    static {
        Arrays.fill(DECODE, (byte) -1);
        for (int i = 0; i < ENCODE.length; i++) {
            DECODE[ENCODE[i]] = (byte) i;
        }
    }

    private Base64Url() {}

    /** Writes the text of {@code bytes[0, length)} at {@code out[at]}. Returns the index after it. */
    static int encode(byte[] bytes, int length, byte[] out, int at) {
        int write = at;
        int read = 0;
        for (; read + 3 <= length; read += 3) {
            int group = (bytes[read] & 0xFF) << 16 | (bytes[read + 1] & 0xFF) << 8 | (bytes[read + 2] & 0xFF);
            out[write] = ENCODE[group >>> 18];
            out[write + 1] = ENCODE[group >>> 12 & 63];
            out[write + 2] = ENCODE[group >>> 6 & 63];
            out[write + 3] = ENCODE[group & 63];
            write += 4;
        }
        int rest = length - read;
        if (rest > 0) {
            int group = (bytes[read] & 0xFF) << 16 | (rest == 2 ? (bytes[read + 1] & 0xFF) << 8 : 0);
            out[write++] = ENCODE[group >>> 18];
            out[write++] = ENCODE[group >>> 12 & 63];
            if (rest == 2) {
                out[write++] = ENCODE[group >>> 6 & 63];
            }
        }
        return write;
    }

    /**
     * Reads {@code text[from, to)} into {@code out}. Returns the number of bytes, or -1 when the text is no canonical
     * base64url or longer than {@code out}: two texts never mean the same bytes.
     */
    static int decode(byte[] text, int from, int to, byte[] out) {
        int length = to - from;
        int rest = length & 3;
        if (rest == 1 || length * 3L / 4 > out.length) {
            return -1;
        }
        int write = 0;
        int read = from;
        int bad = 0;
        for (int end = to - rest; read < end; read += 4) {
            int a = DECODE[text[read] & 0xFF];
            int b = DECODE[text[read + 1] & 0xFF];
            int c = DECODE[text[read + 2] & 0xFF];
            int d = DECODE[text[read + 3] & 0xFF];
            bad |= a | b | c | d;
            int group = a << 18 | b << 12 | c << 6 | d;
            out[write] = (byte) (group >> 16);
            out[write + 1] = (byte) (group >> 8);
            out[write + 2] = (byte) group;
            write += 3;
        }
        if (rest > 0) {
            int a = DECODE[text[read] & 0xFF];
            int b = DECODE[text[read + 1] & 0xFF];
            int c = rest == 3 ? DECODE[text[read + 2] & 0xFF] : 0;
            bad |= a | b | c;
            int unused = rest == 3 ? c & 3 : b & 15;
            if (unused != 0) {
                return -1;
            }
            int group = a << 18 | b << 12 | c << 6;
            out[write++] = (byte) (group >> 16);
            if (rest == 3) {
                out[write++] = (byte) (group >> 8);
            }
        }
        return bad < 0 ? -1 : write;
    }
}
