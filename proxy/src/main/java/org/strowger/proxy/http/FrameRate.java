package org.strowger.proxy.http;

import java.util.function.LongSupplier;
import org.strowger.threading.RunsOn;

/** Bounds how often a client does what costs it little and us more, in windows of time. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class FrameRate {
    private final int most;
    private final long windowNanos;
    private final LongSupplier clock;
    private long windowStart;
    private int seen;

    /**
     * @param most allowed within a window
     * @param clock nanoseconds from any moment
     */
    FrameRate(int most, long windowNanos, LongSupplier clock) {
        this.most = most;
        this.windowNanos = windowNanos;
        this.clock = clock;
        this.windowStart = clock.getAsLong();
    }

    /** Counts one more; false when the client should calm down. */
    boolean admits() {
        long now = clock.getAsLong();
        if (now - windowStart >= windowNanos) {
            windowStart = now;
            seen = 0;
        }
        return ++seen <= most;
    }
}
