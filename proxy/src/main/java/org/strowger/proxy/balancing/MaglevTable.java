package org.strowger.proxy.balancing;

import java.math.BigInteger;
import org.strowger.threading.RunsOn;

/**
 * Maglev's lookup table: slots filled by each backend in turn along its own permutation of all slots, so that shares are
 * even and a change of one backend moves little else (Eisenbud and others: Maglev, NSDI 2016, section 3.4, pseudocode 1).
 * Weights as Envoy does it: in each round a backend takes a slot only if its weight, summed over rounds, has reached its
 * next multiple of the largest weight.
 *
 * <p>The size is a prime of at least 100 slots per member, the paper's figure for shares within 1 % (section 3.4), from a
 * ladder that begins at 65,537 and grows fourfold, because a new size moves nearly every key: it changes only when a pool
 * passes 655, 2,621, 10,485, ... members, however many of them are up.
 */
@RunsOn(RunsOn.Runner.ANY)
final class MaglevTable {
    private final int[] slots;

    /**
     * @param members the members of the pool, whether they take part or not
     * @param identities who takes part, in an order that all nodes share
     * @param weights their weights, 1:1 with {@code identities}
     */
    MaglevTable(int members, BackendIdentity[] identities, int[] weights) {
        this.slots = fill(size(members), identities, weights);
    }

    /** The position into the identities that owns the slot of this hash; the table must not be empty. */
    int position(long keyHash) {
        return slots[slot(keyHash, slots.length)];
    }

    /** The slot of this hash in a table of {@code size} slots. */
    static int slot(long keyHash, int size) {
        // The upper half scaled to the size: a multiplication in place of a division.
        return (int) (((keyHash >>> 32) * size) >>> 32);
    }

    /** The position into the identities that owns this slot. */
    int owner(int slot) {
        return slots[slot];
    }

    int size() {
        return slots.length;
    }

    static int size(int members) {
        int bits = 16;
        while ((1L << bits) < 100L * members && bits < 28) {
            bits += 2;
        }
        return BigInteger.ONE.shiftLeft(bits).nextProbablePrime().intValueExact();
    }

    private static int[] fill(int size, BackendIdentity[] identities, int[] weights) {
        int count = identities.length;
        if (count == 0) {
            return new int[0];
        }
        int[] table = new int[size];
        java.util.Arrays.fill(table, -1);
        int[] next = new int[count];
        int[] skip = new int[count];
        long[] target = new long[count];
        int heaviest = 0;
        for (int i = 0; i < count; i++) {
            next[i] = (int) Long.remainderUnsigned(identities[i].first(), size);
            skip[i] = (int) Long.remainderUnsigned(identities[i].second(), size - 1) + 1;
            heaviest = Math.max(heaviest, weights[i]);
        }
        int filled = 0;
        for (long round = 1; filled < size; round++) {
            for (int i = 0; i < count && filled < size; i++) {
                if (round * weights[i] < target[i]) {
                    continue;
                }
                target[i] += heaviest;
                int slot = next[i];
                while (table[slot] >= 0) {
                    slot = step(slot, skip[i], size);
                }
                table[slot] = i;
                next[i] = step(slot, skip[i], size);
                filled++;
            }
        }
        return table;
    }

    private static int step(int slot, int skip, int size) {
        int stepped = slot + skip;
        return stepped >= size ? stepped - size : stepped;
    }
}
