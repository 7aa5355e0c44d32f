package org.strowger.proxy.transport;

import java.util.concurrent.TimeUnit;
import org.strowger.threading.RunsOn;

/** Ends some flows one after the other, evenly over a time, so that their peers do not all come back at once. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class PacedClosing {
    private static final long TICK_MILLIS = 50;

    private final Flows flows;
    private final long[] ids;
    private final CloseReason reason;
    private final long beginNanos;
    private final long overNanos;
    private int next;

    PacedClosing(Flows flows, long[] ids, CloseReason reason, long overNanos) {
        this.flows = flows;
        this.ids = ids;
        this.reason = reason;
        this.beginNanos = flows.nanoTime();
        this.overNanos = overNanos;
    }

    /** Ends those whose time has come, and comes back for the others. */
    void tick() {
        long elapsed = flows.nanoTime() - beginNanos;
        long due = elapsed >= overNanos ? ids.length : 1 + (ids.length * elapsed) / Math.max(1, overNanos);
        while (next < Math.min(due, ids.length)) {
            flows.table().get(ids[next++]).close(reason);
        }
        if (next < ids.length) {
            var unused = flows.loop().schedule(this::tick, TICK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }
}
