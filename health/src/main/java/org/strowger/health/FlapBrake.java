package org.strowger.health;

import java.time.Duration;
import org.strowger.threading.RunsOn;

/**
 * Makes a backend that left again soon after a return wait before the next one, so that it returns at most once per window:
 * the first return is quick; after one that lasted less than a window, all must be well for a whole window, for two after
 * the next, and so on, doubling up to the longest.
 */
@RunsOn(RunsOn.Runner.CONTROL)
final class FlapBrake {
    private static final int MOST_DOUBLINGS = 20;

    private final long windowNanos;
    private final long longestNanos;
    private boolean returned;
    /** Means something when it returned before. */
    private long returnedAtNanos;

    private int shortReturns;

    FlapBrake(Duration window, Duration longest) {
        this.windowNanos = window.toNanos();
        this.longestNanos = Math.max(windowNanos, longest.toNanos());
    }

    void onLeave(long nowNanos) {
        shortReturns = returned && nowNanos - returnedAtNanos < windowNanos ? shortReturns + 1 : 0;
    }

    void onReturn(long nowNanos) {
        returned = true;
        returnedAtNanos = nowNanos;
    }

    /** How long all must have been well before it may return, in nanoseconds. */
    long waitNanos() {
        if (shortReturns == 0) {
            return 0;
        }
        long wait = windowNanos << Math.min(shortReturns - 1, MOST_DOUBLINGS);
        return wait <= 0 || wait > longestNanos ? longestNanos : wait;
    }
}
