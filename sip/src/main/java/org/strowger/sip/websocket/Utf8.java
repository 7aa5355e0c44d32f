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
        int at = from;
        while (at < to) {
            if (at + 8 <= to && ((long) LONGS.get(b, at) & HIGH_BITS) == 0) {
                at += 8;
            } else if (b[at] >= 0) {
                at++;
            } else {
                at = afterSequence(b, at, to);
                if (at == BAD) {
                    return false;
                }
            }
        }
        return true;
    }

    /** The index after the sequence of two to four bytes at {@code at}. */
    private static int afterSequence(byte[] b, int at, int to) {
        int first = b[at] & 0xFF;
        int length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
        if (first < 0xC2 || first > 0xF4 || at + length > to) {
            return BAD;
        }
        int second = b[at + 1] & 0xFF;
        int least = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
        int most = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
        if (second < least || second > most) {
            return BAD;
        }
        for (int i = at + 2; i < at + length; i++) {
            if ((b[i] & 0xC0) != 0x80) {
                return BAD;
            }
        }
        return at + length;
    }
}
