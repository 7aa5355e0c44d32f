package org.strowger.proxy.balancing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The order of smooth weighted round robin. */
class SmoothSequenceTest {

    @Test
    void fiveOneOneIsTheWorkedExample() {
        assertThat(SmoothSequence.of(new int[] {5, 1, 1})).containsExactly(0, 0, 1, 0, 2, 0, 0);
    }

    @Test
    void weightsAreDividedByTheirCommonDivisor() {
        assertThat(SmoothSequence.of(new int[] {200, 100})).containsExactly(0, 1, 0);
        assertThat(SmoothSequence.of(new int[] {7, 7, 7})).containsExactly(0, 1, 2);
        assertThat(SmoothSequence.of(new int[0])).isEmpty();
    }

    @Test
    void groupingByWeightGivesTheSequenceOfThePlainAlgorithm() {
        SplittableRandom random = new SplittableRandom(20261123);
        for (int round = 0; round < 300; round++) {
            int[] weights = random.ints(random.nextInt(1, 12), 1, 7).toArray();
            assertThat(SmoothSequence.of(weights))
                    .as(Arrays.toString(weights))
                    .startsWith(plain(weights, SmoothSequence.of(weights).length));
        }
    }

    /** nginx's algorithm as its authors describe it, one step at a time over all members. */
    private static int[] plain(int[] weights, int steps) {
        int[] sequence = new int[steps];
        int[] current = new int[weights.length];
        int sum = Arrays.stream(weights).sum();
        for (int step = 0; step < steps; step++) {
            int best = 0;
            for (int i = 0; i < weights.length; i++) {
                current[i] += weights[i];
                if (current[i] > current[best]) {
                    best = i;
                }
            }
            current[best] -= sum;
            sequence[step] = best;
        }
        return sequence;
    }

    @Test
    void everyMemberHasItsShareOverTheWholeSequence() {
        int[] weights = {9973, 1, 500, 77, 10_000};
        int[] counts = counts(SmoothSequence.of(weights), weights.length);
        assertThat(counts).containsExactly(weights);
    }

    @Test
    void longSequencesAreScaledToWithinHalfASlot() {
        int[] weights = new SplittableRandom(1).ints(500, 1, 10_001).toArray();
        int[] sequence = SmoothSequence.of(weights);
        assertThat(sequence.length).isBetween(SmoothSequence.MAX_SLOTS - 250, SmoothSequence.MAX_SLOTS + 500);
        int[] counts = counts(sequence, weights.length);
        double sum = Arrays.stream(weights).asDoubleStream().sum();
        for (int i = 0; i < weights.length; i++) {
            double due = weights[i] * SmoothSequence.MAX_SLOTS / sum;
            assertThat((double) counts[i]).isBetween(Math.max(1, due - 0.5), Math.max(1, due + 0.5));
        }
    }

    @Test
    void thereIsNoLimitOnTheNumberOfMembers() {
        int[] weights = new int[70_000];
        Arrays.fill(weights, 10_000);
        weights[0] = 1;
        int[] counts = counts(SmoothSequence.of(weights), weights.length);
        assertThat(counts).containsOnly(1);
    }

    private static int[] counts(int[] sequence, int members) {
        int[] counts = new int[members];
        for (int member : sequence) {
            counts[member]++;
        }
        return counts;
    }
}
