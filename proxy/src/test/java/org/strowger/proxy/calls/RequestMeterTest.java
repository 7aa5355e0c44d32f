package org.strowger.proxy.calls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.strowger.proxy.balancing.BackendLoad;
import org.strowger.proxy.routing.StableHash;

/** Requests that wait for an answer. */
class RequestMeterTest {
    private final MockTicker ticker = Ticker.newMockTicker();
    private final RequestMeter meter = new RequestMeter(ticker);
    private final BackendLoad backend = new BackendLoad(1);

    /** Hashes that meet in the same slots, against a map. */
    @Test
    void itDoesWhatAMapDoes() {
        SplittableRandom random = new SplittableRandom(20261123);
        Map<Long, Long> model = new LinkedHashMap<>();
        long now = 0;
        for (int i = 0; i < 200_000; i++) {
            long hash = (long) random.nextInt(20) << 40 | random.nextInt(30);
            if (random.nextInt(3) > 0) {
                meter.sent(hash, backend);
                model.putIfAbsent(hash, now);
            } else {
                meter.answered(hash);
                model.remove(hash);
            }
            if (random.nextInt(50) == 0) {
                long step = random.nextLong(TimeUnit.SECONDS.toNanos(10));
                ticker.advance(step, TimeUnit.NANOSECONDS);
                now += step;
                long old = now - RequestMeter.GIVE_UP_NANOS;
                meter.tick();
                model.values().removeIf(sent -> sent - old <= 0);
            }
            assertThat(backend.requests()).isEqualTo(model.size());
        }
        assertThat(meter.waiting()).isEqualTo(model.size());
    }

    @Test
    void whenTheQueueIsFullTheOldestIsGivenUp() {
        for (int i = 0; i < RequestMeter.CAPACITY + 1000; i++) {
            meter.sent((long) i * 0x9E37_79B9_7F4A_7C15L, backend);
        }
        assertThat(backend.requests()).isEqualTo(RequestMeter.CAPACITY);
        meter.answered(0);
        assertThat(backend.requests()).isEqualTo(RequestMeter.CAPACITY);
        for (int i = 0; i < RequestMeter.CAPACITY + 1000; i++) {
            meter.answered((long) i * 0x9E37_79B9_7F4A_7C15L);
        }
        assertThat(backend.requests()).isZero();
    }

    @Test
    void anInviteWaitsForAResponseAbove100AndOthersForAFinalOne() {
        LoopLoad loop = new LoopLoad(
                new CallLeases(10, java.time.Duration.ofHours(1), ticker), meter, StableHash.STANDARD::hash);
        Messages messages = new Messages();
        backend.want(false, true);
        loop.toBackend(backend, messages.request("INVITE", 1, 1, false));
        loop.toBackend(backend, messages.request("INVITE", 1, 1, false));
        loop.toBackend(backend, messages.request("ACK", 1, 1, true));
        loop.toBackend(backend, messages.request("CANCEL", 1, 1, false));
        loop.toBackend(backend, messages.request("REGISTER", 2, 1, false));
        assertThat(backend.requests()).isEqualTo(2);
        loop.fromBackend(backend, messages.response(100, 1, 1, "INVITE"));
        loop.fromBackend(backend, messages.response(180, 2, 1, "REGISTER"));
        loop.fromBackend(new BackendLoad(9), messages.response(200, 2, 1, "REGISTER"));
        assertThat(backend.requests()).isEqualTo(2);
        loop.fromBackend(backend, messages.response(183, 1, 1, "INVITE"));
        loop.fromBackend(backend, messages.response(200, 1, 1, "INVITE"));
        loop.fromBackend(backend, messages.response(401, 2, 1, "REGISTER"));
        assertThat(backend.requests()).isZero();
    }
}
