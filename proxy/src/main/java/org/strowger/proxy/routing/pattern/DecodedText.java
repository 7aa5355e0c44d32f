package org.strowger.proxy.routing.pattern;

import org.strowger.threading.RunsOn;

/** Bytes decoded as UTF-8 into a reused array; bytes that are not UTF-8 become U+FFFD. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class DecodedText implements CharSequence {
    private static final int[] LEAST = {0, 0, 0x80, 0x800, 0x10000};

    private char[] chars = new char[128];
    private int length;

    void set(byte[] bytes, int from, int to) {
        if (chars.length < to - from) {
            chars = new char[Math.max(to - from, 2 * chars.length)];
        }
        length = 0;
        int i = from;
        while (i < to) {
            int size = sizeOf(bytes[i]);
            int c = size == 0 || i + size > to ? -1 : decode(bytes, i, size);
            if (c < 0) {
                chars[length++] = '\uFFFD';
                i++;
            } else {
                length += Character.toChars(c, chars, length);
                i += size;
            }
        }
    }

    private static int sizeOf(byte first) {
        if (first >= 0) {
            return 1;
        }
        int ones = Integer.numberOfLeadingZeros(~(first << 24));
        return ones >= 2 && ones <= 4 ? ones : 0;
    }

    private static int decode(byte[] bytes, int at, int size) {
        if (size == 1) {
            return bytes[at];
        }
        int c = bytes[at] & (0x7F >> size);
        for (int i = 1; i < size; i++) {
            if ((bytes[at + i] & 0xC0) != 0x80) {
                return -1;
            }
            c = c << 6 | (bytes[at + i] & 0x3F);
        }
        boolean valid = c >= LEAST[size]
                && c <= Character.MAX_CODE_POINT
                && (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE);
        return valid ? c : -1;
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public char charAt(int index) {
        return chars[index];
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return new String(chars, start, end - start);
    }

    @Override
    public String toString() {
        return new String(chars, 0, length);
    }
}
