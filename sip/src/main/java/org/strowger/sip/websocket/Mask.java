package org.strowger.sip.websocket;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The mask of a client's frames (RFC 6455 section 5.3): its four bytes, over and over, by exclusive or. */
final class Mask {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private Mask() {}

    /** Puts the mask on {@code [from, to)}, or takes it off. Returns the mask for the byte after. */
    static int apply(int mask, byte[] b, int from, int to) {
        int at = from;
        long wide = wide(mask);
        for (; at + 8 <= to; at += 8) {
            LONGS.set(b, at, (long) LONGS.get(b, at) ^ wide);
        }
        int rest = mask;
        for (; at < to; at++) {
            b[at] ^= (byte) (rest >>> 24);
            rest = Integer.rotateLeft(rest, 8);
        }
        return rest;
    }

    /** Eight bytes at {@code at} with the mask on. */
    static long eight(long wide, byte[] b, int at) {
        return (long) LONGS.get(b, at) ^ wide;
    }

    /** The mask twice. */
    static long wide(int mask) {
        return ((long) mask << 32) | (mask & 0xFFFF_FFFFL);
    }
}
