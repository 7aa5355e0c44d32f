package org.strowger.sip.websocket;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Whether bytes are UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF. */
public final class Utf8 {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;
    private static final int BAD = -1;

    private Utf8() {}

    /** True when {@code [from, to)} is whole UTF-8 text. */
    public static boolean isValid(byte[] b, int from, int to) {
        return wholeUntil(b, from, to) == to;
    }

    /**
     * Looks at text of which more may come: the index after its last whole character, behind which there is at most the
     * beginning of another one; negative when it is no text, whatever comes.
     */
    public static int wholeUntil(byte[] b, int from, int to) {
        int at = from;
        while (at < to) {
            if (at + 8 <= to && ((long) LONGS.get(b, at) & HIGH_BITS) == 0) {
                at += 8;
            } else if (b[at] >= 0) {
                at++;
            } else {
                int length = sequence(b, at, to);
                if (length == BAD || at + length > to) {
                    return length == BAD ? BAD : at;
                }
                at += length;
            }
        }
        return at;
    }

    /** How long the sequence at {@code at} is, or will be when more than is there has come. */
    private static int sequence(byte[] b, int at, int to) {
        int first = b[at] & 0xFF;
        int length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
        if (first < 0xC2 || first > 0xF4) {
            return BAD;
        }
        int end = Math.min(at + length, to);
        if (at + 1 < end) {
            int second = b[at + 1] & 0xFF;
            int least = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
            int most = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
            if (second < least || second > most) {
                return BAD;
            }
        }
        for (int i = at + 2; i < end; i++) {
            if ((b[i] & 0xC0) != 0x80) {
                return BAD;
            }
        }
        return length;
    }
}
