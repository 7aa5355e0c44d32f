package org.strowger.proxy.transport;

import io.netty.util.concurrent.Ticker;
import java.util.function.LongConsumer;
import org.strowger.threading.RunsOn;

/**
 * A moment's wait before a dense stream of datagrams is read, so that one wake-up takes several of them: what adaptive
 * interrupt moderation does in a network card. Shared by the UDP sockets of an event loop, so that the loop waits once
 * and then reads them all.
 *
 * <p>It waits only where that gains: when the loop's rate promises at least {@link #MIN_GAIN} more datagrams within the
 * pause, and batches are not long already.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class ReadPause {
    /** Datagrams that a pause must promise. */
    static final int MIN_GAIN = 3;

    /** Datagrams in an average batch that need no waiting for more. */
    static final int LONG_BATCH = 24;

    /** How long the rate is measured before it counts. */
    static final long WINDOW_NANOS = 4_000_000;

    private final Ticker ticker;
    private final LongConsumer sleep;
    private final long pauseNanos;

    private long windowStart;
    private long datagrams;
    private long batches;
    private boolean dense;
    private long lastEnd;

    /** @param sleep waits for that many nanoseconds; may return early */
    ReadPause(Ticker ticker, LongConsumer sleep, long pauseNanos) {
        this.ticker = ticker;
        this.sleep = sleep;
        this.pauseNanos = pauseNanos;
        windowStart = ticker.nanoTime();
        lastEnd = windowStart - pauseNanos;
    }

    long pauseNanos() {
        return pauseNanos;
    }

    /** A socket is readable and about to be read. */
    void beforeRead() {
        if (dense && ticker.nanoTime() - lastEnd >= pauseNanos) {
            sleep.accept(pauseNanos);
            lastEnd = ticker.nanoTime();
        }
    }

    /** A batch of {@code count} datagrams was read. */
    void received(int count) {
        if (pauseNanos == 0) {
            return;
        }
        datagrams += count;
        batches++;
        long now = ticker.nanoTime();
        long elapsed = now - windowStart;
        if (elapsed >= WINDOW_NANOS) {
            dense = datagrams * pauseNanos >= MIN_GAIN * elapsed && datagrams < LONG_BATCH * batches;
            windowStart = now;
            datagrams = 0;
            batches = 0;
        }
    }
}
