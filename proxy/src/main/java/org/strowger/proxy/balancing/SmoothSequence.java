package org.strowger.proxy.balancing;

import java.util.List;
import java.util.TreeMap;

/**
 * The order in which smooth weighted round robin visits members: each one as often as its weight says, and as evenly
 * spaced as nginx's algorithm makes it.
 *
 * <p>The algorithm: in each step every member's current value grows by its weight, the largest (the first of equals) is
 * taken and reduced by the sum of weights. For weights 5, 1, 1 of a, b, c:
 *
 * <pre>
 *   before      taken   after
 *   5  1  1     a      -2  1  1
 *   3  2  2     a      -4  2  2
 *   1  3  3     b       1 -4  3
 *   6 -3  4     a      -1 -3  4
 *   4 -2  5     c       4 -2 -2
 *   9 -1 -1     a       2 -1 -1
 *   7  0  0     a       0  0  0      a a b a c a a, and again
 * </pre>
 *
 * <p>Members of equal weight take turns among themselves in list order (their values differ only by how often they were
 * taken), so it is enough to compare one candidate per distinct weight. That makes the cost slots x distinct weights
 * instead of slots x members.
 *
 * <p>Weights are divided by their greatest common divisor. If their sum is still above {@link #MAX_SLOTS} they are scaled
 * down in proportion and rounded: a member then has at most half a slot more or less than its due, except that none
 * has less than one slot. The sequence is thus at most {@code MAX_SLOTS + members} long.
 */
final class SmoothSequence {
    /** The longest sequence made without scaling. */
    static final int MAX_SLOTS = 65_536;

    private SmoothSequence() {}

    /** Positions into {@code weights}, which are all above 0; empty when there are none. */
    static int[] of(int[] weights) {
        int[] scaled = scale(weights);
        TreeMap<Integer, Turn> byWeight = new TreeMap<>();
        for (int weight : scaled) {
            byWeight.computeIfAbsent(weight, Turn::new).count++;
        }
        int slots = 0;
        for (Turn turn : byWeight.values()) {
            turn.members = new int[turn.count];
            turn.count = 0;
            slots += turn.weight * turn.members.length;
        }
        for (int i = 0; i < scaled.length; i++) {
            Turn turn = byWeight.get(scaled[i]);
            if (turn != null) {
                turn.members[turn.count++] = i;
            }
        }
        return fill(new int[slots], List.copyOf(byWeight.values()));
    }

    private static int[] fill(int[] sequence, List<Turn> turns) {
        for (int slot = 0; slot < sequence.length; slot++) {
            Turn best = turns.get(0);
            for (Turn turn : turns) {
                if (turn.isBefore(best, slot + 1L, sequence.length)) {
                    best = turn;
                }
            }
            sequence[slot] = best.take();
        }
        return sequence;
    }

    private static int[] scale(int[] weights) {
        long sum = 0;
        int divisor = 0;
        for (int weight : weights) {
            sum += weight;
            divisor = greatestCommonDivisor(weight, divisor);
        }
        int[] scaled = new int[weights.length];
        for (int i = 0; i < weights.length; i++) {
            scaled[i] = sum / divisor <= MAX_SLOTS
                    ? weights[i] / divisor
                    : (int) Math.max(1, Math.round((double) weights[i] * MAX_SLOTS / sum));
        }
        return scaled;
    }

    private static int greatestCommonDivisor(int a, int b) {
        return b == 0 ? a : greatestCommonDivisor(b, a % b);
    }

    /** The members of one weight, who take turns; {@code next} is the candidate, taken {@code rounds} times so far. */
    private static final class Turn {
        private final int weight;
        private int[] members = new int[0];
        private int count;
        private int next;
        private long rounds;

        Turn(int weight) {
            this.weight = weight;
        }

        /** The candidate's value before it is taken in {@code step}: all it has grown by, less what it paid. */
        private long value(long step, long slots) {
            return step * weight - rounds * slots;
        }

        boolean isBefore(Turn other, long step, long slots) {
            long mine = value(step, slots);
            long theirs = other.value(step, slots);
            return mine > theirs || (mine == theirs && members[next] < other.members[other.next]);
        }

        int take() {
            int member = members[next++];
            if (next == members.length) {
                next = 0;
                rounds++;
            }
            return member;
        }
    }
}
