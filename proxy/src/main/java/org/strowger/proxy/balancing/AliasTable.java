package org.strowger.proxy.balancing;

import org.strowger.threading.RunsOn;

/**
 * Draws places in proportion to their weights in constant time: each place of a table holds its own share up to a threshold,
 * and above it a part of one heavier place (Walker 1977; Vose: A Linear Algorithm for Generating Random Numbers with a
 * Given Distribution, 1991).
 */
@RunsOn(RunsOn.Runner.ANY)
final class AliasTable {
    private final double[] threshold;
    private final int[] alias;

    /** @param weights at least one, all above 0 */
    AliasTable(double[] weights) {
        int n = weights.length;
        this.threshold = new double[n];
        this.alias = new int[n];
        double sum = 0;
        for (double weight : weights) {
            sum += weight;
        }
        int[] queue = new int[n];
        int light = 0;
        int heavy = n;
        for (int i = 0; i < n; i++) {
            threshold[i] = weights[i] * n / sum;
            alias[i] = i;
            queue[threshold[i] < 1 ? light++ : --heavy] = i;
        }
        // The light ones are a stack at the left end of the queue, the heavy ones at its right end.
        while (light > 0 && heavy < n) {
            int small = queue[--light];
            int large = queue[heavy];
            alias[small] = large;
            threshold[large] -= 1 - threshold[small];
            if (threshold[large] < 1) {
                heavy++;
                queue[light++] = large;
            }
        }
        while (light > 0) {
            threshold[queue[--light]] = 1;
        }
        while (heavy < n) {
            threshold[queue[heavy++]] = 1;
        }
    }

    /** The place that a mixed number draws. */
    int draw(long mixed) {
        int place = Mix.place(mixed, alias.length);
        return Mix.fraction(mixed) < threshold[place] ? place : alias[place];
    }
}
