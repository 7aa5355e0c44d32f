package org.strowger.proxy.balancing;

/**
 * A 64-bit hash of bytes that is the same on both nodes. All 64 bits must be equally good: the table slot is taken from the upper half, percentages from the lower.
 */
@FunctionalInterface
public interface KeyHash {

    /** The hash of {@code bytes[from .. to)}. Allocates nothing. */
    long hash(byte[] bytes, int from, int to);
}
