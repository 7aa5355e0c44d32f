package org.strowger.proxy.transport;

import org.strowger.threading.RunsOn;

/**
 * Numbers the flows of one event loop: 16 bits process epoch, 8 bits loop number, 40 bits counter. The epoch is drawn
 * at each start, so that a token from before a restart names no flow of now; the loop number says who owns the flow.
 * The counter starts at 1, so no id is 0.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class FlowIds {
    /** Event loops that an id can tell apart. */
    public static final int MAX_LOOPS = 256;

    private static final int COUNTER_BITS = 40;
    private static final long COUNTER_MASK = (1L << COUNTER_BITS) - 1;

    private final long prefix;
    private long counter;

    public FlowIds(int epoch, int loop) {
        if (epoch < 0 || epoch > 0xFFFF) {
            throw new IllegalArgumentException("epoch: " + epoch + " (expected: 0..65535)");
        }
        if (loop < 0 || loop >= MAX_LOOPS) {
            throw new IllegalArgumentException("loop: " + loop + " (expected: 0.." + (MAX_LOOPS - 1) + ")");
        }
        prefix = (long) epoch << 48 | (long) loop << COUNTER_BITS;
    }

    /** The event loop that owns the flow. */
    public static int loop(long id) {
        return (int) (id >>> COUNTER_BITS) & 0xFF;
    }

    /** The epoch of the process that named the flow. */
    public static int epoch(long id) {
        return (int) (id >>> 48);
    }

    int loop() {
        return loop(prefix);
    }

    long next() {
        counter = counter == COUNTER_MASK ? 1 : counter + 1;
        return prefix | counter;
    }
}
