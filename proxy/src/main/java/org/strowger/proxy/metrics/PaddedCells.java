package org.strowger.proxy.metrics;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.strowger.threading.RunsOn;

/**
 * Numbers that one thread counts up and any thread reads, with no atomic instruction on the writer's side: it reads
 * its own last value plainly and stores the next one opaquely, so that a reader sees whole values that never go back.
 *
 * <p>128 bytes of padding on both ends keep the cells off cache lines that other threads write (two lines, because
 * adjacent ones are fetched in pairs).
 */
@RunsOn(RunsOn.Runner.ANY)
final class PaddedCells {
    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int PADDING = 128 / Long.BYTES;

    private final long[] cells;

    PaddedCells(int size) {
        cells = new long[PADDING + size + PADDING];
    }

    /** Called by the owning thread only. */
    void add(int index, long amount) {
        int at = PADDING + index;
        CELL.setOpaque(cells, at, cells[at] + amount);
    }

    long get(int index) {
        return (long) CELL.getOpaque(cells, PADDING + index);
    }
}
