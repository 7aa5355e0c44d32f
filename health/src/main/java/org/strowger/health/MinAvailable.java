package org.strowger.health;

/**
 * How many of a pool's backends must take new calls; with fewer, the pool is in panic.
 *
 * @param count members, 1 or more
 * @param share of the members, 0..1; the larger of the two counts
 */
public record MinAvailable(int count, double share) {

    public MinAvailable {
        if (count < 1) {
            throw new IllegalArgumentException("count: " + count + " (expected: 1 or more)");
        }
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("share: " + share + " (expected: 0..1)");
        }
    }

    public static MinAvailable count(int count) {
        return new MinAvailable(count, 0);
    }

    public static MinAvailable share(double share) {
        return new MinAvailable(1, share);
    }

    /** How many of so many; never more than there are. */
    public int of(int members) {
        return Math.min(members, Math.max(count, (int) Math.ceil(share * members - 1e-9)));
    }
}
