package org.strowger.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.strowger.sip.Transport;

/**
 * How soon a backend that died gets no new call, with default settings: counted in calls that were still sent to it, which
 * says the same on a slow machine. {@code -Ddead.calls=4000 -Ddead.rate=200 -Ddead.killed.millis=50 -Ddead.frozen.millis=1000} is the full
 * measure.
 */
class DeadBackendIT {
    private static final String CALLS = "strowger_backend_calls_total";
    private static final String ACCEPTS_NEW = "strowger_backend_accepts_new";
    private static final Duration NOTICED = Duration.ofSeconds(20);

    private final Loopback net = Loopback.of(DeadBackendIT.class);
    private final SippProcess.Load load =
            SippProcess.Load.of(Integer.getInteger("dead.calls", 800), Integer.getInteger("dead.rate", 100));
    private final int killedMillis = Integer.getInteger("dead.killed.millis", 500);
    private final int frozenMillis = Integer.getInteger("dead.frozen.millis", 3000);

    @BeforeAll
    static void needsSipp() {
        Tool.SIPP.path();
    }

    /** The kernel says at once that nobody is there: by ICMP, or by the end of the connection. */
    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"UDP", "TCP"})
    void aKilledBackendGetsNoNewCallAnyMore(Transport inside) {
        Path directory = RunDirectory.create("dead-killed-" + inside);
        try (Backends backends = Backends.three(directory, "uas", net, inside);
                ProxyProcess proxy = start(directory, backends.endpoints());
                SippProcess client = client(directory, inside)) {
            awaitCalls(client);
            Endpoint dead = backends.endpoints().get(1);
            long beforeNanos = System.nanoTime();
            long before = Metrics.of(proxy).of(CALLS, dead);
            long killNanos = backends.servers().get(1).killHard();
            // A call that is seen was sent after the look before began.
            long earliest = killNanos;
            long latest = killNanos;
            long calls = before;
            long lookedBefore = killNanos;
            while (lookedBefore - killNanos < TimeUnit.SECONDS.toNanos(2)) {
                long looked = System.nanoTime();
                long now = Metrics.of(proxy).of(CALLS, dead);
                if (now > calls) {
                    calls = now;
                    earliest = lookedBefore;
                    latest = System.nanoTime();
                }
                lookedBefore = looked;
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            }
            client.join(Calls.limit(load));
            long after = Metrics.of(proxy).of(CALLS, dead) - before;
            System.out.printf(
                    "killed %s: %d new calls to it since %.1f ms before, the last one %.1f to %.1f ms after; %d of %d calls failed,"
                            + " %d answered after more than 200 ms%n",
                    inside,
                    after,
                    (killNanos - beforeNanos) / 1e6,
                    (earliest - killNanos) / 1e6,
                    (latest - killNanos) / 1e6,
                    client.failed(),
                    load.calls(),
                    client.late());
            // Callers of those that it had are told that it is gone. One that was on its way at the kill may be lost
            // with it.
            assertThat(client.failed() - client.toldGone(backends.servers().get(1)))
                    .as("%s\n%s", client.explain(), proxy.tail())
                    .isLessThanOrEqualTo(1);
            assertThat(after)
                    .as("%s", proxy.tail())
                    .isLessThanOrEqualTo(
                            newCallsIn(killedMillis + TimeUnit.NANOSECONDS.toMillis(killNanos - beforeNanos)));
            assertThat(earliest - killNanos)
                    .as("%s", proxy.tail())
                    .isLessThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(killedMillis));
        }
    }

    /** Nobody says so: it is found out by silence, of probes and of calls. */
    @Test
    void aFrozenBackendIsLeftAndComesBack() {
        Path directory = RunDirectory.create("dead-frozen");
        try (Backends backends = Backends.three(directory, "uas", net, Transport.UDP);
                ProxyProcess proxy = start(directory, backends.endpoints());
                SippProcess client = client(directory, Transport.UDP)) {
            awaitCalls(client);
            Endpoint frozen = backends.endpoints().get(1);
            SippProcess server = backends.servers().get(1);
            long before = Metrics.of(proxy).of(CALLS, frozen);
            long freezeNanos = System.nanoTime();
            server.freeze();
            awaitAccepts(proxy, frozen, 0);
            double outMillis = (System.nanoTime() - freezeNanos) / 1e6;
            long after = Metrics.of(proxy).of(CALLS, frozen) - before;
            server.thaw();
            long thawNanos = System.nanoTime();
            awaitAccepts(proxy, frozen, 1);
            double backSeconds = (System.nanoTime() - thawNanos) / 1e9;
            long atReturn = Metrics.of(proxy).of(CALLS, frozen);
            client.join(Calls.limit(load));
            System.out.printf(
                    "frozen: out of rotation after %.0f ms, %d new calls to it until then; back %.1f s after the thaw; %d of %d calls"
                            + " failed, %d answered after more than 200 ms%n",
                    outMillis, after, backSeconds, client.failed(), load.calls(), client.late());
            assertThat(client.failed())
                    .as("%s\n%s", client.explain(), proxy.tail())
                    .isZero();
            assertThat(client.unexpected())
                    .as("late answers\n%s", client.explain())
                    .isZero();
            assertThat(after).as("%s", proxy.tail()).isLessThanOrEqualTo(newCallsIn(frozenMillis));
            assertThat(Metrics.of(proxy).of(CALLS, frozen))
                    .as("calls after its return")
                    .isGreaterThan(atReturn);
        }
    }

    /** A third of all calls, and one more that is under way. */
    private long newCallsIn(long millis) {
        return 1L + load.callsPerSecond() * millis / 3000;
    }

    private static void awaitAccepts(ProxyProcess proxy, Endpoint backend, long wanted) {
        await().atMost(NOTICED)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> Metrics.of(proxy).of(ACCEPTS_NEW, backend) == wanted);
    }

    private void awaitCalls(SippProcess client) {
        await().atMost(Duration.ofSeconds(30)).until(() -> client.successful() > load.calls() / 4);
    }

    private ProxyProcess start(Path directory, List<Endpoint> backends) {
        return ProxyProcess.start(directory, net, """
                event-loops = 2
                listeners { front { transport = udp, bind = "%s:5060" } }
                pools { phones { backends = ["%s", "%s", "%s"] } }
                rules = [ { pool = phones } ]
                """.formatted(
                        net.proxy(),
                        backends.get(0).backend(),
                        backends.get(1).backend(),
                        backends.get(2).backend()));
    }

    private SippProcess client(Path directory, Transport inside) {
        return SippProcess.client(
                directory,
                "uac",
                Endpoint.of(Transport.UDP, net.client(1)),
                Endpoint.of(Transport.UDP, net.proxy()),
                load.towards(inside));
    }
}
