package org.strowger.proxy.metrics;

import org.strowger.threading.RunsOn;

/**
 * What one event loop has counted for one backend. Only that loop counts; any thread reads.
 *
 * <p>Handed out by {@link BackendCounterTable}.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class BackendCounters {
    private static final int SIZE = BackendCounter.values().length;

    private final PaddedCells cells = new PaddedCells(SIZE);

    BackendCounters() {}

    public void increment(BackendCounter counter) {
        cells.add(counter.ordinal(), 1);
    }

    /** Adds {@code amount}, which is not negative. */
    public void add(BackendCounter counter, long amount) {
        cells.add(counter.ordinal(), amount);
    }

    /** Responses of all classes so far; callable from any thread. */
    public long responses() {
        long sum = 0;
        for (int i = BackendCounter.RESPONSES_1XX.ordinal(); i <= BackendCounter.RESPONSES_6XX.ordinal(); i++) {
            sum += cells.get(i);
        }
        return sum;
    }

    /** The count so far; callable from any thread. */
    public long get(BackendCounter counter) {
        return cells.get(counter.ordinal());
    }
}
