package org.strowger.sip;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Scanning of ASCII in byte arrays: the lexical rules of RFC 3261 section 25.1 that the parsers share. */
public final class Ascii {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN)
            .withInvokeExactBehavior();
    private static final long ONES = 0x0101_0101_0101_0101L;
    private static final long HIGHS = 0x8080_8080_8080_8080L;
    private static final long UP_TO_CR = ONES * ('\r' + 1);

    private static final byte TOKEN = 1;
    private static final byte[] CLASS = new byte[256];

    static {
        for (int c = '0'; c <= '9'; c++) {
            CLASS[c] |= TOKEN;
        }
        for (int c = 'a'; c <= 'z'; c++) {
            CLASS[c] |= TOKEN;
            CLASS[c - 32] |= TOKEN;
        }
        for (char c : "-.!%*_+`'~".toCharArray()) {
            CLASS[c] |= TOKEN;
        }
    }

    private Ascii() {}

    /**
     * The index of the next CR or LF in {@code [from, to)}, or {@code to}; eight bytes at a time. Both in one step: they
     * are almost the only bytes below 14 that a message has.
     */
    static int indexOfLineEnd(byte[] b, int from, int to) {
        int i = from;
        while (i + 8 <= to) {
            long x = (long) LONGS.get(b, i);
            long low = (x - UP_TO_CR) & ~x & HIGHS;
            if (low == 0) {
                i += 8;
                continue;
            }
            i += Long.numberOfTrailingZeros(low) >>> 3;
            if (b[i] == '\r' || b[i] == '\n') {
                return i;
            }
            i++;
        }
        while (i < to && b[i] != '\r' && b[i] != '\n') {
            i++;
        }
        return i;
    }

    /** From the CR or LF at {@code lineEnd} to the index after the line feed, or -1 when none follows. */
    static int afterLine(byte[] b, int lineEnd, int to) {
        if (lineEnd + 1 < to && b[lineEnd + 1] == '\n' && b[lineEnd] == '\r') {
            return lineEnd + 2;
        }
        int i = lineEnd;
        while (i < to && b[i] != '\n') {
            i++;
        }
        return i < to ? i + 1 : -1;
    }

    static boolean isToken(byte b) {
        return (CLASS[b & 0xFF] & TOKEN) != 0;
    }

    static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    /** Space, tab, or part of a folded line end. */
    static boolean isLws(byte b) {
        return b == ' ' || b == '\t' || b == '\r' || b == '\n';
    }

    static int skipLws(byte[] b, int from, int to) {
        int i = from;
        while (i < to && isLws(b[i])) {
            i++;
        }
        return i;
    }

    /** The end of {@code [from, to)} without its trailing white space. */
    static int trimEnd(byte[] b, int from, int to) {
        int i = to;
        while (i > from && isLws(b[i - 1])) {
            i--;
        }
        return i;
    }

    static int skipToken(byte[] b, int from, int to) {
        int i = from;
        while (i < to && isToken(b[i])) {
            i++;
        }
        return i;
    }

    /** From an opening quote to the index after the closing one, or -1 when it never closes. */
    static int skipQuoted(byte[] b, int from, int to) {
        for (int i = from + 1; i < to; i++) {
            if (b[i] == '\\') {
                i++;
            } else if (b[i] == '"') {
                return i + 1;
            }
        }
        return -1;
    }

    static byte lower(byte b) {
        return b >= 'A' && b <= 'Z' ? (byte) (b | 0x20) : b;
    }

    /** True when {@code [from, to)} equals {@code lowerCase}, whatever the case of its letters. */
    public static boolean equalsIgnoreCase(byte[] b, int from, int to, String lowerCase) {
        int length = lowerCase.length();
        if (to - from != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (lower(b[from + i]) != lowerCase.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** A decimal number that fills {@code [from, to)}, or -1 when it is none or above {@code max}. */
    static long number(byte[] b, int from, int to, long max) {
        if (from >= to) {
            return -1;
        }
        long value = 0;
        for (int i = from; i < to; i++) {
            if (!isDigit(b[i])) {
                return -1;
            }
            value = value * 10 + (b[i] - '0');
            if (value > max) {
                return -1;
            }
        }
        return value;
    }
}
