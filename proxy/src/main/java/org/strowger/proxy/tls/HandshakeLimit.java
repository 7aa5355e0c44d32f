package org.strowger.proxy.tls;

import io.netty.util.concurrent.Ticker;
import java.util.concurrent.atomic.AtomicLong;
import org.strowger.threading.RunsOn;

/** A token bucket as one number, the time at which it will be full again (GCRA): all event loops share it without a lock. */
@RunsOn(RunsOn.Runner.ANY)
final class HandshakeLimit {
    private static final long SECOND = 1_000_000_000L;

    private final Ticker ticker;
    private final long nanosEach;
    private final AtomicLong fullNanos;

    /** @param perSecond also how many may come at once; 0: any number */
    HandshakeLimit(int perSecond, Ticker ticker) {
        this.ticker = ticker;
        this.nanosEach = perSecond == 0 ? 0 : SECOND / perSecond;
        this.fullNanos = new AtomicLong(ticker.nanoTime());
    }

    /** Takes a token, or there is none. */
    boolean take() {
        if (nanosEach == 0) {
            return true;
        }
        while (true) {
            long now = ticker.nanoTime();
            long full = fullNanos.get();
            long next = (full - now < 0 ? now : full) + nanosEach;
            if (next - now > SECOND) {
                return false;
            }
            if (fullNanos.compareAndSet(full, next)) {
                return true;
            }
        }
    }
}
