package org.strowger.proxy.calls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.strowger.discovery.Backend;
import org.strowger.health.Eligibility;
import org.strowger.proxy.balancing.Affinity;
import org.strowger.proxy.balancing.BackendLoad;
import org.strowger.proxy.balancing.BackendLoads;
import org.strowger.proxy.balancing.BalancingPolicy;
import org.strowger.proxy.balancing.BalancingSettings;
import org.strowger.proxy.balancing.Limits;
import org.strowger.proxy.balancing.Measurements;
import org.strowger.proxy.balancing.Member;
import org.strowger.proxy.balancing.Picker;
import org.strowger.proxy.routing.StableHash;
import org.strowger.sip.Transport;

/**
 * 50,000 calls of all kinds through two loops, with messages lost and doubled: answered, refused, challenged, cancelled, given to
 * another backend, refreshed, ended by either side or by nobody. In the end nothing is counted.
 */
class MixedCallsSimulationTest {
    private static final int CALLS = 50_000;
    private static final int LIMIT = 900;

    private final MockTicker ticker = Ticker.newMockTicker();
    private final SplittableRandom random = new SplittableRandom(20261123);
    private final CallLeases leases = new CallLeases(1_000_000, Duration.ofMinutes(30), ticker);
    private final BackendLoads loads = new BackendLoads();
    private final Affinity affinity = new Affinity(1_000_000, Affinity.DEFAULT_EXPIRY, ticker);
    private final Messages messages = new Messages();
    private final List<Loop> loops = List.of(new Loop(), new Loop());
    private final List<BackendLoad> backends = new ArrayList<>();
    private final PriorityQueue<Event> events = new PriorityQueue<>((a, b) -> Long.compare(a.atMillis, b.atMillis));
    private final Set<Integer> live = new HashSet<>();
    private Picker picker = picker();
    private double loss;
    private long nowMillis;
    private int refused;

    private final class Loop {
        private final RequestMeter meter = new RequestMeter(ticker);
        private final LoopLoad load = new LoopLoad(leases, meter, StableHash.STANDARD::hash);
    }

    private record Event(long atMillis, Runnable what) {}

    private Picker picker() {
        List<Member> members = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            Backend backend = Backend.of(Transport.UDP, new InetSocketAddress("10.0.0." + i, 5060));
            members.add(new Member(backend, Eligibility.NEW_AND_ESTABLISHED, new Limits(LIMIT, 0), Member.LONG_UP));
            backends.add(loads.of(backend.id()));
            loads.of(backend.id()).want(true, true);
        }
        return new BalancingPolicy.LeastCalls()
                .pickers(BalancingSettings.DEFAULT, new Measurements(loads, leases, ticker, 42))
                .build(members);
    }

    private void later(double seconds, Runnable what) {
        events.add(new Event(nowMillis + (long) (seconds * 1000), what));
    }

    private double around(double mean) {
        return -Math.log(1 - random.nextDouble()) * mean;
    }

    /** Once, twice or, with losses, not at all; on any loop if need be. */
    private void send(Consumer<LoopLoad> message, int loop) {
        if (random.nextDouble() < loss) {
            return;
        }
        int times = random.nextDouble() < loss ? 2 : 1;
        for (int i = 0; i < times; i++) {
            message.accept(loops.get(loop).load);
        }
    }

    private int anyLoop() {
        return random.nextInt(loops.size());
    }

    private void begin(int call, int cseq) {
        byte[] text = (call + "@h").getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        long callId = StableHash.STANDARD.hash(text, 0, text.length);
        long kept = affinity.get(callId);
        int chosen = (int) kept - 1;
        if (kept == 0) {
            int choice = picker.pickCall(callId, callId);
            if (choice == Picker.NONE) {
                refused++;
                return;
            }
            chosen = Picker.index(choice);
            affinity.put(callId, chosen + 1);
        }
        BackendLoad backend = backends.get(chosen);
        int loop = anyLoop();
        live.add(call);
        // Forwarded in any case: it was picked just now.
        loops.get(loop).load.toBackend(backend, messages.request("INVITE", call, cseq, false));
        send(l -> l.toBackend(backend, messages.request("INVITE", call, cseq, false)), loop);
        later(around(1), () -> answer(call, cseq, backend, loop));
    }

    private void answer(int call, int cseq, BackendLoad backend, int loop) {
        send(l -> l.fromBackend(backend, messages.response(180, call, cseq, "INVITE")), loop);
        switch (random.nextInt(8)) {
            case 0 ->
                end(call, () -> send(l -> l.fromBackend(backend, messages.response(486, call, cseq, "INVITE")), loop));
            case 1 -> {
                send(l -> l.fromBackend(backend, messages.response(407, call, cseq, "INVITE")), loop);
                if (cseq < 3) {
                    later(random.nextDouble(), () -> begin(call, cseq + 1));
                } else {
                    live.remove(call);
                }
            }
            case 2 -> {
                send(l -> l.toBackend(backend, messages.request("CANCEL", call, cseq, false)), anyLoop());
                end(call, () -> send(l -> l.fromBackend(backend, messages.response(487, call, cseq, "INVITE")), loop));
            }
            default -> {
                String[] timer = random.nextBoolean() ? new String[] {"Session-Expires: 90"} : new String[0];
                send(l -> l.fromBackend(backend, messages.response(200, call, cseq, "INVITE", timer)), loop);
                talk(call, backend, around(60));
            }
        }
    }

    private void talk(int call, BackendLoad backend, double seconds) {
        if (seconds > 40) {
            later(40, () -> {
                send(l -> l.toBackend(backend, messages.request("UPDATE", call, 7, true)), anyLoop());
                talk(call, backend, seconds - 40);
            });
            return;
        }
        boolean byBackend = random.nextBoolean();
        later(
                seconds,
                () -> end(
                        call,
                        () -> send(
                                l -> {
                                    if (byBackend) {
                                        l.fromBackend(backend, messages.request("BYE", call, 9, true));
                                    } else {
                                        l.toBackend(backend, messages.request("BYE", call, 9, true));
                                    }
                                },
                                anyLoop())));
    }

    private void end(int call, Runnable message) {
        live.remove(call);
        message.run();
    }

    private int counted() {
        return backends.stream().mapToInt(BackendLoad::calls).sum();
    }

    private void run() {
        for (int call = 0; call < CALLS; call++) {
            int number = call;
            events.add(new Event(random.nextInt(1_000_000), () -> begin(number, 1)));
        }
        while (!events.isEmpty()) {
            Event event = events.remove();
            ticker.advance(event.atMillis - nowMillis, TimeUnit.MILLISECONDS);
            nowMillis = event.atMillis;
            event.what.run();
            leases.sweep(2);
            backends.forEach(backend -> assertThat(backend.calls()).isBetween(0, LIMIT));
            if (loss == 0) {
                assertThat(counted()).isEqualTo(leases.size());
                assertThat(counted()).isBetween(live.size(), live.size() + 700);
            }
        }
    }

    private void allIsOver() {
        ticker.advance(Duration.ofHours(1).toNanos(), TimeUnit.NANOSECONDS);
        leases.sweep(2_000_000);
        leases.sweep(2_000_000);
        loops.forEach(loop -> loop.meter.tick());
        for (BackendLoad backend : backends) {
            assertThat(backend.calls()).isZero();
            assertThat(backend.requests()).isZero();
        }
        assertThat(leases.size()).isZero();
    }

    /** Only calls whose challenge was not taken up hold a lease longer than they live: for 5 s, and until the sweep. */
    @Test
    void withoutLossesWhatIsCountedIsWhatIsThere() {
        run();
        assertThat(refused).isZero();
        allIsOver();
    }

    @Test
    void withLossesAndDuplicatesTheCountReturnsToZero() {
        loss = 0.1;
        run();
        assertThat(leases.expired()).as("or else this proves little").isGreaterThan(3_000);
        allIsOver();
    }
}
