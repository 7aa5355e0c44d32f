package org.strowger.proxy.metrics;

import org.strowger.threading.RunsOn;

/**
 * What one event loop has counted. Only that loop counts; any thread reads.
 *
 * <p>Handed out by {@link CounterRegistry#loop}.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class LoopCounters {
    private static final int SIZE = Counter.values().length;

    private final PaddedCells cells = new PaddedCells(SIZE);

    LoopCounters() {}

    public void increment(Counter counter) {
        cells.add(counter.ordinal(), 1);
    }

    /** Adds {@code amount}, which is not negative. */
    public void add(Counter counter, long amount) {
        cells.add(counter.ordinal(), amount);
    }

    /** The count so far; callable from any thread. */
    public long get(Counter counter) {
        return cells.get(counter.ordinal());
    }
}
