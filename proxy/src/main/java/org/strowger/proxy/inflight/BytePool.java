package org.strowger.proxy.inflight;

import java.util.Arrays;
import org.strowger.threading.RunsOn;

/**
 * Blocks of bytes by size class (powers of two from 512 bytes), lent and taken back, so that nothing is allocated once the
 * busiest moment has been seen. Bounded in bytes; where the bound is met, slabs of which nothing is lent make room for
 * another size.
 *
 * <p>Blocks are cut out of slabs: a few large arrays are copied by the collector at once, and contain nothing that it would
 * have to look at. A block is a number, so that it can be kept where the collector need not look either.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class BytePool {
    /** No block. */
    public static final int NONE = -1;

    private static final int LEAST_SHIFT = 9;
    private static final int CLASSES = 20;
    private static final int SLAB_SHIFT = 17;
    /** An eighth of it all. */
    private static final int RESERVE_SHIFT = 3;

    private static final int BLOCK_BITS = SLAB_SHIFT - LEAST_SHIFT;
    private static final int BLOCK_MASK = (1 << BLOCK_BITS) - 1;
    private static final byte[] GONE = {};

    private final long maxBytes;
    private final long reserve;
    private final int[][] idle = new int[CLASSES][16];
    private final int[] idleCount = new int[CLASSES];
    private byte[][] slabs = new byte[16][];
    private int[] classOf = new int[16];
    private int[] lentOf = new int[16];
    private int slabCount;
    private int unlentSlabs;
    private long bytes;
    private long lent;

    /** @param maxBytes lent and idle together; an eighth of it, in whole slabs, is for {@link #takeReserved} */
    public BytePool(long maxBytes) {
        if (maxBytes < 0) {
            throw new IllegalArgumentException("maxBytes: " + maxBytes + " (expected: 0 or more)");
        }
        this.maxBytes = maxBytes;
        this.reserve = (maxBytes >>> RESERVE_SHIFT) & -(1L << SLAB_SHIFT);
    }

    /** A block of at least that length, with anything in it, or {@link #NONE} when that would exceed the bound. */
    public int take(int length) {
        return take(length, maxBytes - reserve);
    }

    /** The same for what is to replace a larger block, so that this can be given back although everything is lent. */
    int takeReserved(int length) {
        return take(length, maxBytes);
    }

    private int take(int length, long bound) {
        int sizeClass = sizeClass(length);
        if (sizeClass >= CLASSES || (idleCount[sizeClass] == 0 && !addSlab(sizeClass, bound))) {
            return NONE;
        }
        int block = idle[sizeClass][--idleCount[sizeClass]];
        int slab = block >>> BLOCK_BITS;
        if (lentOf[slab]++ == 0) {
            unlentSlabs--;
        }
        lent += sizeOf(sizeClass);
        return block;
    }

    /** Takes a block back. */
    public void give(int block) {
        int slab = block >>> BLOCK_BITS;
        int sizeClass = classOf[slab];
        lent -= sizeOf(sizeClass);
        if (--lentOf[slab] == 0) {
            unlentSlabs++;
        }
        push(sizeClass, block);
    }

    /** What the block is a part of. */
    public byte[] array(int block) {
        return slabs[block >>> BLOCK_BITS];
    }

    /** Where in {@link #array} the block begins. */
    public int offset(int block) {
        return (block & BLOCK_MASK) << (classOf[block >>> BLOCK_BITS] + LEAST_SHIFT);
    }

    /** True when that many bytes take a smaller block. */
    public boolean isSmaller(int length, int block) {
        return sizeClass(length) < classOf[block >>> BLOCK_BITS];
    }

    /** Bytes lent at the moment. */
    public long lent() {
        return lent;
    }

    private boolean addSlab(int sizeClass, long bound) {
        long slabBytes = Math.max(sizeOf(sizeClass), 1L << SLAB_SHIFT);
        if (bytes + slabBytes > bound && unlentSlabs > 0) {
            dropUnlent();
        }
        int slab = bytes + slabBytes > bound ? NONE : freeNumber();
        if (slab == NONE) {
            return false;
        }
        slabs[slab] = new byte[(int) slabBytes];
        classOf[slab] = sizeClass;
        bytes += slabBytes;
        unlentSlabs++;
        for (int i = (int) (slabBytes / sizeOf(sizeClass)) - 1; i >= 0; i--) {
            push(sizeClass, (slab << BLOCK_BITS) | i);
        }
        return true;
    }

    private int freeNumber() {
        for (int i = 0; i < slabCount; i++) {
            if (slabs[i] == GONE) {
                return i;
            }
        }
        if (slabCount == slabs.length) {
            slabs = Arrays.copyOf(slabs, 2 * slabCount);
            classOf = Arrays.copyOf(classOf, 2 * slabCount);
            lentOf = Arrays.copyOf(lentOf, 2 * slabCount);
        }
        return slabCount++;
    }

    private void push(int sizeClass, int block) {
        if (idleCount[sizeClass] == idle[sizeClass].length) {
            idle[sizeClass] = Arrays.copyOf(idle[sizeClass], 2 * idleCount[sizeClass]);
        }
        idle[sizeClass][idleCount[sizeClass]++] = block;
    }

    private void dropUnlent() {
        for (int sizeClass = 0; sizeClass < CLASSES; sizeClass++) {
            int kept = 0;
            for (int i = 0; i < idleCount[sizeClass]; i++) {
                int block = idle[sizeClass][i];
                if (lentOf[block >>> BLOCK_BITS] > 0) {
                    idle[sizeClass][kept++] = block;
                }
            }
            idleCount[sizeClass] = kept;
        }
        for (int slab = 0; slab < slabCount; slab++) {
            if (lentOf[slab] == 0 && slabs[slab] != GONE) {
                bytes -= slabs[slab].length;
                slabs[slab] = GONE;
            }
        }
        unlentSlabs = 0;
    }

    private static long sizeOf(int sizeClass) {
        return 1L << (sizeClass + LEAST_SHIFT);
    }

    private static int sizeClass(int length) {
        return Math.max(0, 32 - Integer.numberOfLeadingZeros(Math.max(1, length) - 1) - LEAST_SHIFT);
    }
}
