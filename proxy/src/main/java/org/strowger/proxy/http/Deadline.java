package org.strowger.proxy.http;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.strowger.threading.RunsOn;

/**
 * A time by which something must have happened, which may be put off for every byte that comes: that only writes a number. The
 * timer behind it looks at the number when it fires, and sleeps on.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class Deadline {
    private final EventExecutor loop;
    private final Ticker ticker;
    private final Runnable expired;
    private long spanNanos;
    private long atNanos;
    private long timerNanos;
    private @Nullable Future<?> timer;

    Deadline(EventExecutor loop, Ticker ticker, Runnable expired) {
        this.loop = loop;
        this.ticker = ticker;
        this.expired = expired;
    }

    /** That long from now; zero: never. */
    void set(Duration span) {
        spanNanos = span.toNanos();
        put();
    }

    /** The same span again, from now. */
    void put() {
        if (spanNanos > 0) {
            atNanos = ticker.nanoTime() + spanNanos;
            if (timer == null || timerNanos - atNanos > 0) {
                arm();
            }
        }
    }

    /** Never, until it is set. */
    void clear() {
        spanNanos = 0;
    }

    /** For good. */
    void cancel() {
        spanNanos = 0;
        Future<?> armed = timer;
        timer = null;
        if (armed != null) {
            armed.cancel(false);
        }
    }

    private void arm() {
        Future<?> armed = timer;
        if (armed != null) {
            armed.cancel(false);
        }
        timerNanos = atNanos;
        timer = loop.schedule(this::look, Math.max(0, atNanos - ticker.nanoTime()), TimeUnit.NANOSECONDS);
    }

    private void look() {
        timer = null;
        if (spanNanos == 0) {
            return;
        }
        if (ticker.nanoTime() - atNanos >= 0) {
            spanNanos = 0;
            expired.run();
        } else {
            arm();
        }
    }
}
