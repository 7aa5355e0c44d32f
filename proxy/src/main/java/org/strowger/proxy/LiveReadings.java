package org.strowger.proxy;

import java.util.List;
import org.strowger.health.passive.LiveSignals;
import org.strowger.proxy.metrics.BackendCounter;
import org.strowger.proxy.metrics.BackendCounters;
import org.strowger.threading.RunsOn;

/** Makes {@link LiveSignals} of what the event loops have counted for one backend since the last look. */
@RunsOn(RunsOn.Runner.CONTROL)
final class LiveReadings {
    private static final BackendCounter[] READ = {
        BackendCounter.ANSWERED,
        BackendCounter.LISTED_ERRORS,
        BackendCounter.NO_RESPONSE,
        BackendCounter.ICMP_ERRORS,
        BackendCounter.CONNECT_FAILURES,
        BackendCounter.RESETS,
        BackendCounter.BUSY,
        BackendCounter.BUSY_SECONDS,
        BackendCounter.SILENCES
    };

    private final List<BackendCounters> loops;
    private final long[] before = new long[READ.length];
    private final long[] since = new long[READ.length];

    /** What was counted before now is no news. */
    LiveReadings(List<BackendCounters> loops) {
        this.loops = loops;
        for (int i = 0; i < READ.length; i++) {
            before[i] = sum(READ[i]);
        }
    }

    /** The news. */
    LiveSignals read() {
        boolean any = false;
        for (int i = 0; i < READ.length; i++) {
            long now = sum(READ[i]);
            since[i] = now - before[i];
            before[i] = now;
            any |= since[i] != 0;
        }
        if (!any) {
            return LiveSignals.NONE;
        }
        long busy = since[6];
        // A sum of waiting times: the mean, rounded up, stands for the longest.
        long busySeconds = busy == 0 ? 0 : (since[7] + busy - 1) / busy;
        return new LiveSignals(since[0], since[1], since[2], since[3], since[4], since[5], busy, busySeconds, since[8]);
    }

    private long sum(BackendCounter counter) {
        long sum = 0;
        for (BackendCounters counters : loops) {
            sum += counters.get(counter);
        }
        return sum;
    }
}
