package org.strowger.proxy.inflight;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.strowger.threading.RunsOn;

/**
 * Byte arrays by size class (powers of two from 512 bytes), lent and taken back, so that nothing is allocated once the
 * busiest moment has been seen. Bounded in bytes; idle arrays of other classes make room for what is asked for.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class BytePool {
    private static final int LEAST_SHIFT = 9;
    private static final int CLASSES = 20;
    private static final byte[] EMPTY = {};

    private final byte[][][] idle = new byte[CLASSES][16][];
    private final int[] idleCount = new int[CLASSES];
    private final long maxBytes;
    private long bytes;
    private long lent;

    /** @param maxBytes lent and idle together */
    public BytePool(long maxBytes) {
        if (maxBytes < 0) {
            throw new IllegalArgumentException("maxBytes: " + maxBytes + " (expected: 0 or more)");
        }
        this.maxBytes = maxBytes;
    }

    /** An array of at least that length, with anything in it, or null when that would exceed the bound. */
    public byte @Nullable [] take(int length) {
        int sizeClass = sizeClass(length);
        if (sizeClass >= CLASSES) {
            return null;
        }
        int size = 1 << (sizeClass + LEAST_SHIFT);
        if (idleCount[sizeClass] > 0) {
            lent += size;
            byte[] taken = idle[sizeClass][--idleCount[sizeClass]];
            idle[sizeClass][idleCount[sizeClass]] = EMPTY;
            return taken;
        }
        if (bytes + size > maxBytes) {
            dropIdle();
        }
        if (bytes + size > maxBytes) {
            return null;
        }
        bytes += size;
        lent += size;
        return new byte[size];
    }

    /** Takes an array back. */
    public void give(byte[] array) {
        int sizeClass = sizeClass(array.length);
        lent -= array.length;
        if (idleCount[sizeClass] == idle[sizeClass].length) {
            idle[sizeClass] = Arrays.copyOf(idle[sizeClass], 2 * idleCount[sizeClass]);
        }
        idle[sizeClass][idleCount[sizeClass]++] = array;
    }

    /** True when that many bytes take a smaller array than {@code array}. */
    public boolean isSmaller(int length, byte[] array) {
        return 1 << (sizeClass(length) + LEAST_SHIFT) < array.length;
    }

    /** Bytes lent at the moment. */
    public long lent() {
        return lent;
    }

    private void dropIdle() {
        for (int sizeClass = 0; sizeClass < CLASSES; sizeClass++) {
            bytes -= (long) idleCount[sizeClass] << (sizeClass + LEAST_SHIFT);
            idle[sizeClass] = new byte[16][];
            idleCount[sizeClass] = 0;
        }
    }

    private static int sizeClass(int length) {
        return Math.max(0, 32 - Integer.numberOfLeadingZeros(Math.max(1, length) - 1) - LEAST_SHIFT);
    }
}
