package org.strowger.proxy.relay;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Ticker;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.strowger.proxy.forwarding.BackendAlarm;
import org.strowger.proxy.metrics.BackendCounter;
import org.strowger.proxy.metrics.BackendCounters;
import org.strowger.proxy.metrics.Counter;
import org.strowger.proxy.metrics.LoopCounters;
import org.strowger.proxy.proxyprotocol.ProxyHeaderWriter;
import org.strowger.proxy.proxyprotocol.ProxyProtocolGate;
import org.strowger.proxy.routing.RoutingSnapshot;
import org.strowger.proxy.routing.Target;
import org.strowger.proxy.transport.IoMode;
import org.strowger.threading.RunsOn;

/** What one event loop needs for all that it relays: its sessions and flows, looked at every second, and where it counts. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class RelayLoop {
    private static final long SWEEP_MILLIS = 1000;

    private final int number;
    private final EventLoop loop;
    private final Supplier<RelayPicture> pictures;
    private final LoopCounters counters;
    private final ProxyProtocolGate.Counts headers;
    private final BackendAlarm alarm;
    private final Ticker ticker;
    private final Choosing choosing;
    private final ProxyHeaderWriter headerWriter = new ProxyHeaderWriter();
    private final Set<Swept> swept = new LinkedHashSet<>();
    private RoutingSnapshot last = RoutingSnapshot.EMPTY;
    private boolean sweeping;

    /** Something that time or a new configuration ends. */
    interface Swept {

        /** Looks at the time. */
        void look(long nowNanos);

        /** There is another snapshot: what it has no backend for ends. */
        void look(RoutingSnapshot snapshot);

        /** The process ends. */
        void shutDown();
    }

    /** What a loop counts with. */
    public record Counting(LoopCounters counters, ProxyProtocolGate.Counts headers, BackendAlarm alarm) {}

    /**
     * @param pictures what holds now
     * @param random draws backends; nobody outside should know its seed
     */
    public RelayLoop(
            int number,
            EventLoop loop,
            Supplier<RelayPicture> pictures,
            Counting counting,
            Ticker ticker,
            RandomGenerator random) {
        this.number = number;
        this.loop = loop;
        this.pictures = pictures;
        this.counters = counting.counters();
        this.headers = counting.headers();
        this.alarm = counting.alarm();
        this.ticker = ticker;
        this.choosing = new Choosing(random);
    }

    EventLoop loop() {
        return loop;
    }

    IoMode mode() {
        return IoMode.of(loop);
    }

    RelayPicture picture() {
        return pictures.get();
    }

    ProxyProtocolGate.Counts headers() {
        return headers;
    }

    Choosing choosing() {
        return choosing;
    }

    ProxyHeaderWriter headerWriter() {
        return headerWriter;
    }

    long nanoTime() {
        return ticker.nanoTime();
    }

    void count(Counter counter) {
        counters.increment(counter);
    }

    BackendCounters of(Target target) {
        return target.counters(number);
    }

    /** A backend is not there, or not any more: somebody should look. */
    void failed(Target target, BackendCounter how) {
        target.counters(number).increment(how);
        alarm.raise(target);
    }

    void add(Swept one) {
        swept.add(one);
        if (!sweeping) {
            sweeping = true;
            schedule();
        }
    }

    void remove(Swept one) {
        swept.remove(one);
    }

    private void schedule() {
        var unused = loop.schedule(this::sweep, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void sweep() {
        long nowNanos = ticker.nanoTime();
        RoutingSnapshot now = pictures.get().snapshot();
        List<Swept> all = new ArrayList<>(swept);
        boolean changed = now != last;
        last = now;
        for (Swept one : all) {
            one.look(nowNanos);
            if (changed) {
                one.look(now);
            }
        }
        sweeping = !swept.isEmpty();
        if (sweeping) {
            schedule();
        }
    }

    /** Ends everything; on the event loop. */
    public void closeAll() {
        new ArrayList<>(swept).forEach(Swept::shutDown);
    }
}
