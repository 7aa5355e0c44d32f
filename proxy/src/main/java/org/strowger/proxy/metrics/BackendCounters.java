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

    public void add(BackendCounter counter, long amount) {
        cells.add(counter.ordinal(), amount);
    }

    /** The count so far; callable from any thread. */
    public long get(BackendCounter counter) {
        return cells.get(counter.ordinal());
    }
}
