package org.strowger.proxy.transport;

import org.strowger.threading.RunsOn;

/**
 * Numbers the flows of one event loop: 8 bits salt and 48 bits counter of the {@link FlowEra}, and 8 bits loop number,
 * which says who owns the flow. No two connections ever have the same id, not of this process nor of those before it. No
 * id is 0.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class FlowIds {
    /** Event loops that an id can tell apart. */
    public static final int MAX_LOOPS = 256;

    private final long prefix;
    private long next;

    public FlowIds(FlowEra era, int loop) {
        if (loop < 0 || loop >= MAX_LOOPS) {
            throw new IllegalArgumentException("loop: " + loop + " (expected: 0.." + (MAX_LOOPS - 1) + ")");
        }
        prefix = ((long) era.salt() << FlowEra.SALT_SHIFT) | ((long) loop << FlowEra.COUNTER_BITS);
        next = era.first();
    }

    /** The event loop that owns the flow. */
    public static int loop(long id) {
        return (int) (id >>> FlowEra.COUNTER_BITS) & 0xFF;
    }

    int loop() {
        return loop(prefix);
    }

    long next() {
        return prefix | (next++ & FlowEra.COUNTER_MASK);
    }
}
