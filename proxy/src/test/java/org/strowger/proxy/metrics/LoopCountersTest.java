package org.strowger.proxy.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.strowger.sip.Method;
import org.strowger.sip.Transport;

final class LoopCountersTest {

    @Test
    void eachCounterCountsAlone() {
        CounterRegistry registry = new CounterRegistry(1);
        for (Counter counter : Counter.values()) {
            registry.loop(0).add(counter, counter.ordinal() + 1);
        }
        assertThat(Counter.values())
                .allSatisfy(counter -> assertThat(registry.sum(counter)).isEqualTo(counter.ordinal() + 1));
    }

    @Test
    void sumsOverLoops() {
        CounterRegistry registry = new CounterRegistry(3);
        registry.loop(0).increment(Counter.HANDOVER);
        registry.loop(1).add(Counter.HANDOVER, 10);
        registry.loop(2).add(Counter.HANDOVER, 100);
        assertThat(registry.sum(Counter.HANDOVER)).isEqualTo(111);
        assertThat(registry.sum(Counter.DROP_OVERSIZE)).isZero();
    }

    @Test
    void whatIsCountedElsewhereIsAdded() {
        CounterRegistry registry = new CounterRegistry(1);
        registry.loop(0).increment(Counter.DROP_OVERSIZE);
        registry.addSource(Counter.DROP_OVERSIZE, () -> 41);
        assertThat(registry.sum(Counter.DROP_OVERSIZE)).isEqualTo(42);
    }

    @Test
    void aReaderSeesAGrowingCountAndInTheEndAllOfIt() throws InterruptedException {
        int increments = 200_000;
        CounterRegistry registry = new CounterRegistry(2);
        CountDownLatch start = new CountDownLatch(1);
        List<Thread> writers = List.of(writer(registry, 0, increments, start), writer(registry, 1, increments, start));
        writers.forEach(Thread::start);
        start.countDown();
        long last = 0;
        while (writers.stream().anyMatch(Thread::isAlive)) {
            long now = registry.sum(Counter.REQUEST_INVITE);
            assertThat(now).isGreaterThanOrEqualTo(last);
            last = now;
        }
        assertThat(registry.sum(Counter.REQUEST_INVITE)).isEqualTo(2L * increments);
    }

    @Test
    void countersAreFoundByTransportMethodAndStatus() {
        assertThat(Counter.received(Transport.UDP, Side.CLIENT)).isEqualTo(Counter.RECEIVED_UDP_CLIENT);
        assertThat(Counter.sent(Transport.TCP, Side.BACKEND)).isEqualTo(Counter.SENT_TCP_BACKEND);
        assertThat(Counter.response(180)).isEqualTo(Counter.RESPONSE_1XX);
        assertThat(Counter.response(699)).isEqualTo(Counter.RESPONSE_6XX);
        assertThat(Counter.reply(483)).isEqualTo(Counter.REPLY_483);
        assertThat(Counter.reply(699)).isEqualTo(Counter.REPLY_OTHER);
        assertThat(Method.values())
                .allSatisfy(method ->
                        assertThat(Counter.request(method).labelValues()).containsExactly(method.name()));
    }

    @Test
    void eachCounterIsItsOwnSeries() {
        assertThat(Arrays.stream(Counter.values()).map(c -> c.metric() + "" + c.labelValues()))
                .doesNotHaveDuplicates();
        assertThat(Counter.values())
                .allSatisfy(counter -> assertThat(counter.labelValues())
                        .hasSameSizeAs(counter.metric().labelKeys()));
    }

    @Test
    void noLoopsIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CounterRegistry(0))
                .withMessage("eventLoops: 0 (expected: 1 or more)");
    }

    private static Thread writer(CounterRegistry registry, int loop, int increments, CountDownLatch start) {
        return new Thread(() -> {
            try {
                start.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            LoopCounters counters = registry.loop(loop);
            for (int i = 0; i < increments; i++) {
                counters.increment(Counter.REQUEST_INVITE);
            }
        });
    }
}
