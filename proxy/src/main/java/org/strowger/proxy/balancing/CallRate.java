package org.strowger.proxy.balancing;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.strowger.threading.RunsOn;

/**
 * At most {@code perSecond} calls within any one second, whichever second one looks at. Any event loop asks.
 *
 * <p>A ring of the times of the last {@code perSecond} calls, 8 bytes each: a call may begin when the oldest of them is a
 * second ago. A bucket of tokens would need no ring, but lets through twice the limit within a second, or in the long run
 * less than the limit. The one who replaces the oldest time is the one who moves the ring on, so no call is lost or counted
 * twice; who loses that race asks again.
 */
@RunsOn(RunsOn.Runner.ANY)
final class CallRate {
    /** The largest limit: 800 kB of times. */
    static final int MOST = 100_000;

    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final AtomicLongArray times;
    private final AtomicLong oldest = new AtomicLong();

    CallRate(int perSecond, long nowNanos) {
        this.times = new AtomicLongArray(perSecond);
        for (int i = 0; i < perSecond; i++) {
            times.set(i, nowNanos - SECOND_NANOS);
        }
    }

    int perSecond() {
        return times.length();
    }

    /** True when no call may begin now. */
    boolean isFull(long nowNanos) {
        return nowNanos - times.get(slot(oldest.get())) < SECOND_NANOS;
    }

    /** Begins a call, unless there have been enough. */
    boolean begin(long nowNanos) {
        while (true) {
            long turn = oldest.get();
            int slot = slot(turn);
            long time = times.get(slot);
            if (nowNanos - time < SECOND_NANOS) {
                if (oldest.get() == turn) {
                    return false;
                }
            } else if (times.compareAndSet(slot, time, nowNanos)) {
                oldest.compareAndSet(turn, turn + 1);
                return true;
            }
        }
    }

    private int slot(long turn) {
        return (int) (turn % times.length());
    }
}
