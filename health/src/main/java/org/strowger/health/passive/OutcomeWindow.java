package org.strowger.health.passive;

import java.time.Duration;
import java.util.Arrays;
import org.strowger.threading.RunsOn;

/**
 * Served and failed attempts of the last while: a ring of ten slices, of which the oldest falls out when the time of a new one
 * begins. So it covers between nine tenths of its length and all of it.
 */
@RunsOn(RunsOn.Runner.CONTROL)
final class OutcomeWindow {
    private static final int SLICES = 10;

    private final long sliceNanos;
    private final long[] served = new long[SLICES];
    private final long[] failed = new long[SLICES];
    private long allServed;
    private long allFailed;
    private int current;
    private long currentEndNanos;

    OutcomeWindow(Duration length, long nowNanos) {
        this.sliceNanos = Math.max(1, length.toNanos() / SLICES);
        this.currentEndNanos = nowNanos + sliceNanos;
    }

    void add(long servedNow, long failedNow, long nowNanos) {
        advance(nowNanos);
        served[current] += servedNow;
        failed[current] += failedNow;
        allServed += servedNow;
        allFailed += failedNow;
    }

    long served(long nowNanos) {
        advance(nowNanos);
        return allServed;
    }

    long failed(long nowNanos) {
        advance(nowNanos);
        return allFailed;
    }

    /** The share of failed attempts; 0 when there was none. */
    double failureRate(long nowNanos) {
        advance(nowNanos);
        long all = allServed + allFailed;
        return all == 0 ? 0 : (double) allFailed / all;
    }

    void clear() {
        Arrays.fill(served, 0);
        Arrays.fill(failed, 0);
        allServed = 0;
        allFailed = 0;
    }

    private void advance(long nowNanos) {
        long late = nowNanos - currentEndNanos;
        if (late < 0) {
            return;
        }
        long steps = late / sliceNanos + 1;
        if (steps >= SLICES) {
            clear();
        } else {
            for (long i = 0; i < steps; i++) {
                current = (current + 1) % SLICES;
                allServed -= served[current];
                allFailed -= failed[current];
                served[current] = 0;
                failed[current] = 0;
            }
        }
        currentEndNanos += steps * sliceNanos;
    }
}
