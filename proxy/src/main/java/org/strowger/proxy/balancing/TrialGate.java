package org.strowger.proxy.balancing;

import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.strowger.threading.RunsOn;

/** Lets one through in each interval, whichever loop asks. Outlives the pickers of a pool. */
@RunsOn(RunsOn.Runner.ANY)
final class TrialGate {
    private final long intervalNanos;
    private final Ticker ticker;
    private final AtomicLong opensNanos;

    TrialGate(Duration interval, Ticker ticker) {
        this.intervalNanos = interval.toNanos();
        this.ticker = ticker;
        this.opensNanos = new AtomicLong(ticker.nanoTime());
    }

    /** A number that is another one each time, or 0: not now. */
    long pass() {
        long now = ticker.nanoTime();
        long opens = opensNanos.get();
        return now - opens >= 0 && opensNanos.compareAndSet(opens, now + intervalNanos) ? now | 1 : 0;
    }
}
