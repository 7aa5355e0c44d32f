package org.strowger.proxy.forwarding;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.strowger.discovery.Backend;
import org.strowger.proxy.routing.RecordRoute;
import org.strowger.proxy.routing.Target;
import org.strowger.sip.Transport;

class CoalescedAlarmTest {
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final List<String> looks = new ArrayList<>();
    private final CoalescedAlarm alarm = new CoalescedAlarm(tasks::add, looks::add);

    @Test
    void manyAlarmsOfOneBackendAreOneLook() {
        Target one = backend(1);
        for (int i = 0; i < 1000; i++) {
            alarm.raise(one);
        }
        assertThat(tasks).hasSize(1);
        runAll();
        assertThat(looks).containsExactly(one.backend().id());
    }

    @Test
    void eachBackendIsLookedAt() {
        alarm.raise(backend(1));
        alarm.raise(backend(2));
        alarm.raise(backend(1));
        runAll();
        assertThat(looks)
                .containsExactly(backend(1).backend().id(), backend(2).backend().id());
    }

    @Test
    void anAlarmAfterTheLookIsAnotherOne() {
        alarm.raise(backend(1));
        runAll();
        alarm.raise(backend(1));
        runAll();
        assertThat(looks).hasSize(2);
    }

    /** What was counted after the look had read its counters must not wait for the next tick. */
    @Test
    void anAlarmDuringTheLookIsAnotherOne() {
        List<CoalescedAlarm> self = new ArrayList<>();
        List<String> seen = new ArrayList<>();
        CoalescedAlarm raisedWithin = new CoalescedAlarm(tasks::add, id -> {
            seen.add(id);
            if (seen.size() == 1) {
                self.get(0).raise(backend(1));
            }
        });
        self.add(raisedWithin);
        raisedWithin.raise(backend(1));
        runAll();
        assertThat(seen).hasSize(2);
    }

    /**
     * Several loops count and raise, one thread looks: whatever the interleaving, a look sees each count, and never is more
     * than one look waiting.
     */
    @Test
    void noCountIsOverlooked() throws Exception {
        int loops = 3;
        int rounds = 3000;
        ExecutorService control = Executors.newSingleThreadExecutor();
        ExecutorService eventLoops = Executors.newFixedThreadPool(loops);
        try {
            AtomicInteger counted = new AtomicInteger();
            AtomicInteger waiting = new AtomicInteger();
            AtomicInteger mostWaiting = new AtomicInteger();
            AtomicInteger seen = new AtomicInteger();
            CoalescedAlarm shared = new CoalescedAlarm(
                    task -> {
                        mostWaiting.accumulateAndGet(waiting.incrementAndGet(), Math::max);
                        control.execute(() -> {
                            waiting.decrementAndGet();
                            task.run();
                        });
                    },
                    id -> seen.set(counted.get()));
            Target target = backend(1);
            CyclicBarrier start = new CyclicBarrier(loops);
            CyclicBarrier end = new CyclicBarrier(loops, () -> {
                // All raised before; what they raised is on the executor, and this comes after it.
                try {
                    control.submit(() -> {}).get(10, TimeUnit.SECONDS);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
                if (seen.get() != counted.get()) {
                    throw new IllegalStateException("seen " + seen + " of " + counted);
                }
            });
            List<Future<?>> done = new ArrayList<>();
            for (int loop = 0; loop < loops; loop++) {
                done.add(eventLoops.submit(() -> {
                    for (int round = 0; round < rounds; round++) {
                        start.await(10, TimeUnit.SECONDS);
                        counted.incrementAndGet();
                        shared.raise(target);
                        end.await(10, TimeUnit.SECONDS);
                    }
                    return null;
                }));
            }
            for (Future<?> one : done) {
                one.get(60, TimeUnit.SECONDS);
            }
            assertThat(seen).hasValue(loops * rounds);
            assertThat(mostWaiting.get()).isBetween(1, 2);
        } finally {
            eventLoops.shutdownNow();
            control.shutdownNow();
        }
    }

    private void runAll() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    private static Target backend(int number) {
        Backend backend = Backend.of(Transport.UDP, new InetSocketAddress("10.0.0." + number, 5060));
        return new Target(backend, number, new byte[][] {{}}, new RecordRoute[0][], List.of());
    }
}
