package org.strowger.sip.cookie;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Base64url without padding (RFC 4648 section 5) between byte arrays, without allocation. Each byte string has exactly
 * one text: on reading, left-over bits that are not zero are refused (section 3.5).
 */
final class Base64Url {
    private static final byte[] LETTERS =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".getBytes(StandardCharsets.US_ASCII);
    /** By letter; -1 for what is none. */
    private static final byte[] VALUES = new byte[256];

    static {
        Arrays.fill(VALUES, (byte) -1);
        for (int i = 0; i < LETTERS.length; i++) {
            VALUES[LETTERS[i]] = (byte) i;
        }
    }

    private Base64Url() {}

    /** The number of letters that {@code bytes} bytes take. */
    static int textLength(int bytes) {
        return (bytes * 4 + 2) / 3;
    }

    /** Writes the first {@code length} bytes of {@code in}. Returns the index after the last letter. */
    static int encode(byte[] in, int length, byte[] out, int at) {
        int next = at;
        int i = 0;
        for (; i + 3 <= length; i += 3) {
            int bits = (in[i] & 0xFF) << 16 | (in[i + 1] & 0xFF) << 8 | (in[i + 2] & 0xFF);
            out[next] = LETTERS[bits >>> 18];
            out[next + 1] = LETTERS[bits >>> 12 & 63];
            out[next + 2] = LETTERS[bits >>> 6 & 63];
            out[next + 3] = LETTERS[bits & 63];
            next += 4;
        }
        if (length - i == 1) {
            int bits = (in[i] & 0xFF) << 4;
            out[next++] = LETTERS[bits >>> 6];
            out[next++] = LETTERS[bits & 63];
        } else if (length - i == 2) {
            int bits = (in[i] & 0xFF) << 10 | (in[i + 1] & 0xFF) << 2;
            out[next++] = LETTERS[bits >>> 12];
            out[next++] = LETTERS[bits >>> 6 & 63];
            out[next++] = LETTERS[bits & 63];
        }
        return next;
    }

    /** Reads {@code [from, to)} to the front of {@code out}, which must be long enough. Returns the length, or -1. */
    static int decode(byte[] text, int from, int to, byte[] out) {
        int length = 0;
        int i = from;
        for (; i + 4 <= to; i += 4) {
            int bits = value(text[i]) << 18 | value(text[i + 1]) << 12 | value(text[i + 2]) << 6 | value(text[i + 3]);
            if (bits < 0) {
                return -1;
            }
            out[length] = (byte) (bits >>> 16);
            out[length + 1] = (byte) (bits >>> 8);
            out[length + 2] = (byte) bits;
            length += 3;
        }
        if (to - i == 1) {
            return -1;
        }
        if (to - i == 2) {
            int bits = value(text[i]) << 6 | value(text[i + 1]);
            if (bits < 0 || (bits & 0xF) != 0) {
                return -1;
            }
            out[length++] = (byte) (bits >>> 4);
        } else if (to - i == 3) {
            int bits = value(text[i]) << 12 | value(text[i + 1]) << 6 | value(text[i + 2]);
            if (bits < 0 || (bits & 3) != 0) {
                return -1;
            }
            out[length++] = (byte) (bits >>> 10);
            out[length++] = (byte) (bits >>> 2);
        }
        return length;
    }

    /** 0..63, or -1, whose sign survives the shifts above. */
    private static int value(byte letter) {
        return VALUES[letter & 0xFF];
    }
}
