package org.strowger.sip.cookie;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.strowger.threading.RunsOn;

/**
 * SipHash-2-4 with a 64-bit result: a keyed hash whose values nobody can predict without the key, so it serves both to
 * sign cookies and to spread what strangers send over tables. Does not allocate.
 *
 * <p>Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012.
 */
@RunsOn(RunsOn.Runner.ANY)
public final class SipHash {
    private static final VarHandle LITTLE_ENDIAN_LONGS = MethodHandles.byteArrayViewVarHandle(
                    long[].class, ByteOrder.LITTLE_ENDIAN)
            .withInvokeExactBehavior();
    private static final byte[] NOTHING = {};
    private static final int COMPRESSION_ROUNDS = 2;
    private static final int FINAL_ROUNDS = 4;

    private final long key0;
    private final long key1;

    /** The two little-endian halves of the 128-bit key. */
    SipHash(long key0, long key1) {
        this.key0 = key0;
        this.key1 = key1;
    }

    /** A hash with the first 16 bytes of {@code key} as its key. */
    static SipHash keyedBy(byte[] key) {
        return new SipHash((long) LITTLE_ENDIAN_LONGS.get(key, 0), (long) LITTLE_ENDIAN_LONGS.get(key, 8));
    }

    /** The hash of the bytes in {@code [from, to)}. */
    public long hash(byte[] bytes, int from, int to) {
        return hash(0, 0, bytes, from, to);
    }

    /**
     * The hash of the 8 little-endian bytes of {@code before}, followed by those in {@code [from, to)}. With the hash of
     * one part as {@code before} of the next, it hashes a list of parts whose borders cannot be shifted.
     */
    public long hash(long before, byte[] bytes, int from, int to) {
        return hash(1, before, bytes, from, to);
    }

    /** The hash of the 8 little-endian bytes of {@code word}. */
    public long hash(long word) {
        return hash(1, word, NOTHING, 0, 0);
    }

    /** Words numbered below 0 are {@code before}; then come the whole words, the rest with the length, the final rounds. */
    private long hash(int wordsBefore, long before, byte[] bytes, int from, int to) {
        int wholeWords = (to - from) >>> 3;
        long v0 = key0 ^ 0x736f_6d65_7073_6575L;
        long v1 = key1 ^ 0x646f_7261_6e64_6f6dL;
        long v2 = key0 ^ 0x6c79_6765_6e65_7261L;
        long v3 = key1 ^ 0x7465_6462_7974_6573L;
        for (int i = -wordsBefore; i <= wholeWords + 1; i++) {
            int rounds = COMPRESSION_ROUNDS;
            long word;
            if (i < 0) {
                word = before;
            } else if (i < wholeWords) {
                word = (long) LITTLE_ENDIAN_LONGS.get(bytes, from + 8 * i);
            } else if (i == wholeWords) {
                word = rest(bytes, from + 8 * i, to) | (long) (to - from + 8 * wordsBefore) << 56;
            } else {
                word = 0;
                v2 ^= 0xFF;
                rounds = FINAL_ROUNDS;
            }
            v3 ^= word;
            for (int round = 0; round < rounds; round++) {
                v0 += v1;
                v2 += v3;
                v1 = Long.rotateLeft(v1, 13) ^ v0;
                v3 = Long.rotateLeft(v3, 16) ^ v2;
                v0 = Long.rotateLeft(v0, 32) + v3;
                v2 += v1;
                v1 = Long.rotateLeft(v1, 17) ^ v2;
                v3 = Long.rotateLeft(v3, 21) ^ v0;
                v2 = Long.rotateLeft(v2, 32);
            }
            v0 ^= word;
        }
        return v0 ^ v1 ^ v2 ^ v3;
    }

    private static long rest(byte[] bytes, int from, int to) {
        long word = 0;
        for (int i = to - 1; i >= from; i--) {
            word = word << 8 | (bytes[i] & 0xFF);
        }
        return word;
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "SipHash-2-4";
    }
}
