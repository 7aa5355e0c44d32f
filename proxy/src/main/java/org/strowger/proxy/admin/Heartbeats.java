package org.strowger.proxy.admin;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.strowger.threading.RunsOn;

/**
 * A {@link Liveness} that asks each watched thread to run an empty task at a steady pace, and calls a thread stuck that
 * has not run one for longer than a limit. A thread has one task waiting at most, so that a stuck one does not collect
 * them.
 *
 * <p>{@link #watch} is called before {@link #start}; the rest runs on any thread.
 */
@RunsOn(RunsOn.Runner.ANY)
public final class Heartbeats implements Liveness {
    private final List<Watched> watched = new ArrayList<>();
    private final Ticker ticker;
    private final Duration limit;

    public Heartbeats(Ticker ticker, Duration limit) {
        if (limit.isNegative() || limit.isZero()) {
            throw new IllegalArgumentException("limit: " + limit + " (expected: more than 0)");
        }
        this.ticker = ticker;
        this.limit = limit;
    }

    /** Adds a thread, by the executor that runs tasks on it. */
    public void watch(String name, Executor thread) {
        watched.add(new Watched(name, thread, ticker));
    }

    /** Beats four times in each limit, driven by {@code driver}, until that ends. */
    public void start(EventExecutor driver) {
        long periodNanos = Math.max(1, limit.toNanos() / 4);
        var unused = driver.scheduleAtFixedRate(this::beat, 0, periodNanos, TimeUnit.NANOSECONDS);
    }

    /** Sends each thread a task, unless it still has one. */
    void beat() {
        watched.forEach(Watched::beat);
    }

    @Override
    public List<String> stuck() {
        List<String> reasons = new ArrayList<>();
        for (Watched one : watched) {
            long silentNanos = ticker.nanoTime() - one.answeredNanos;
            if (silentNanos > limit.toNanos()) {
                reasons.add(one.name + " has not answered for " + TimeUnit.NANOSECONDS.toMillis(silentNanos)
                        + " ms (expected: within " + limit.toMillis() + " ms)");
            }
        }
        return List.copyOf(reasons);
    }

    /** One thread and when it last answered. */
    @RunsOn(RunsOn.Runner.ANY)
    private static final class Watched {
        private final String name;
        private final Executor thread;
        private final Ticker ticker;
        private final AtomicBoolean waiting = new AtomicBoolean();
        private volatile long answeredNanos;

        Watched(String name, Executor thread, Ticker ticker) {
            this.name = name;
            this.thread = thread;
            this.ticker = ticker;
            this.answeredNanos = ticker.nanoTime();
        }

        void beat() {
            if (!waiting.compareAndSet(false, true)) {
                return;
            }
            try {
                thread.execute(this::answer);
            } catch (RejectedExecutionException e) {
                // The thread has ended: it will be found silent. Left waiting, so that it is not asked again.
                return;
            }
        }

        private void answer() {
            answeredNanos = ticker.nanoTime();
            waiting.set(false);
        }
    }
}
