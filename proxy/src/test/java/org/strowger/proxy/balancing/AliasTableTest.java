package org.strowger.proxy.balancing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Draws in proportion to weights. */
class AliasTableTest {

    /** 200,000 draws: the standard deviation of a count is at most sqrt(n / 4) = 224; five of those. */
    @Test
    void placesAreDrawnInProportion() {
        for (double[] weights : new double[][] {{1}, {1, 1, 1}, {1, 2, 4, 10_000}, {5, 1, 0.5, 0.25, 40, 40}}) {
            AliasTable table = new AliasTable(weights);
            int[] counts = new int[weights.length];
            double sum = 0;
            for (double weight : weights) {
                sum += weight;
            }
            SplittableRandom random = new SplittableRandom(7);
            for (int i = 0; i < 200_000; i++) {
                counts[table.draw(Mix.of(random.nextLong()))]++;
            }
            for (int i = 0; i < counts.length; i++) {
                assertThat((double) counts[i])
                        .isBetween(200_000 * weights[i] / sum - 1120, 200_000 * weights[i] / sum + 1120);
            }
        }
    }
}
