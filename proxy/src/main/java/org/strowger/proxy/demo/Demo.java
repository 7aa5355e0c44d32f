package org.strowger.proxy.demo;

import io.netty.util.concurrent.Ticker;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.strowger.discovery.Backend;
import org.strowger.sip.Transport;
import org.strowger.threading.RunsOn;

/**
 * The demo: backends, a proxy before them, a caller before that, and a live table. {@link #run} blocks the thread that
 * calls it; {@link #stop} ends it from another.
 */
@RunsOn(RunsOn.Runner.ANY)
public final class Demo {
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final CountDownLatch stopped = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final DemoOptions options;
    private final DemoProxy.Factory factory;
    private final PrintStream out;
    private final TableStyle style;
    private final Ticker ticker;
    private final RandomGenerator.SplittableGenerator random;

    /** @param random not used by two threads at once: each part gets its own, split off from this one */
    public Demo(
            DemoOptions options,
            DemoProxy.Factory factory,
            PrintStream out,
            TableStyle style,
            Ticker ticker,
            RandomGenerator.SplittableGenerator random) {
        this.options = options;
        this.factory = factory;
        this.out = out;
        this.style = style;
        this.ticker = ticker;
        this.random = random;
    }

    /**
     * Runs until the time is over or {@link #stop} is called.
     *
     * @return the exit code: 0 when calls were made and no call and no other request failed, else 1
     */
    public int run() throws IOException, InterruptedException {
        // Closed in the reverse order of opening: the caller first, the backends last.
        Deque<AutoCloseable> open = new ArrayDeque<>();
        try {
            return run(open);
        } finally {
            for (AutoCloseable one : open) {
                close(one);
            }
            ended.countDown();
        }
    }

    /** Ends {@link #run} and waits until it has printed its summary and closed everything: for a shutdown hook. */
    public void stop() throws InterruptedException {
        stopped.countDown();
        ended.await(2 * PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private int run(Deque<AutoCloseable> open) throws IOException, InterruptedException {
        List<Backend> backends = new ArrayList<>();
        for (Transport transport : options.backends()) {
            DemoBackend backend = DemoBackend.start(
                    Integer.toString(backends.size() + 1), options.host(), Duration.ZERO, random.split());
            open.push(backend);
            backends.add(Backend.of(transport, backend.address()));
        }
        int port = FreePort.from(options.host(), options.port());
        DemoProxy proxy = factory.start(new InetSocketAddress(options.host(), port), List.copyOf(backends));
        open.push(proxy);
        DemoIntroduction.lines(proxy, backends, options).forEach(out::println);
        DemoCaller caller = DemoCaller.start(
                new CallerOptions(proxy.sipAddress(), options.callsPerSecond(), options.talk(), 5, 1, 0),
                ticker,
                random.split());
        open.push(caller);
        return watch(proxy, caller);
    }

    private int watch(DemoProxy proxy, DemoCaller caller) throws InterruptedException {
        DemoTable table = new DemoTable(out, style);
        long start = ticker.nanoTime();
        long last = start;
        boolean running = true;
        while (running) {
            Duration left =
                    options.length().map(length -> length.minus(since(start))).orElse(INTERVAL);
            long wait = Math.max(0, Math.min(left.toNanos(), INTERVAL.toNanos()));
            boolean asked = stopped.await(wait, TimeUnit.NANOSECONDS);
            boolean over = options.length().isPresent()
                    && since(start).compareTo(options.length().get()) >= 0;
            running = !asked && !over;
            table.print(caller.report(), proxy.callsPerBackend(), since(start), since(last));
            last = ticker.nanoTime();
        }
        Duration age = since(start);
        CallerReport report = caller.finish(PATIENCE);
        out.println();
        out.println(DemoTable.summary(report, proxy.callsPerBackend(), age));
        out.flush();
        return report.isClean() && report.completed() > 0 ? 0 : 1;
    }

    private Duration since(long nanos) {
        return Duration.ofNanos(ticker.nanoTime() - nanos);
    }

    private static void close(AutoCloseable one) throws IOException {
        try {
            one.close();
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("only IOException is expected here", e);
        }
    }
}
