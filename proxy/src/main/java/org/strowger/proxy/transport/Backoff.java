package org.strowger.proxy.transport;

import java.util.random.RandomGenerator;
import org.strowger.threading.RunsOn;

/**
 * The pauses between attempts to reach one backend: doubling from the first to the longest, each drawn from the upper
 * half of its value, so that the loops of many nodes do not knock at the same moment.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class Backoff {
    private final long firstNanos;
    private final long maxNanos;
    private final RandomGenerator random;
    private int failures;

    Backoff(long firstNanos, long maxNanos, RandomGenerator random) {
        this.firstNanos = firstNanos;
        this.maxNanos = maxNanos;
        this.random = random;
    }

    /** The pause after one more failure. */
    long nextNanos() {
        long doubled = failures >= Long.numberOfLeadingZeros(firstNanos) - 1 ? maxNanos : firstNanos << failures;
        long full = Math.min(doubled, maxNanos);
        failures++;
        return full - random.nextLong(full / 2 + 1);
    }

    int failures() {
        return failures;
    }

    void reset() {
        failures = 0;
    }
}
