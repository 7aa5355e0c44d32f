package org.strowger.proxy.balancing;

/** Makes further numbers of a hash, as if drawn. */
final class Mix {
    private Mix() {}

    /** The finalizer of SplitMix64 (Steele, Lea, Flood: OOPSLA 2014): each bit of the input moves each bit of the output. */
    static long of(long hash) {
        long z = hash + 0x9E37_79B9_7F4A_7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D0_49BB_1331_11EBL;
        return z ^ (z >>> 31);
    }

    /** A place in 0..size-1, by the upper half of a mixed number. */
    static int place(long mixed, int size) {
        return (int) (((mixed >>> 32) * size) >>> 32);
    }

    /** A number in 0..1, by the lower half of a mixed number. */
    static double fraction(long mixed) {
        return (mixed & 0xFFFF_FFFFL) * 0x1p-32;
    }
}
