package org.strowger.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.strowger.sip.Transport;

/**
 * A backend is killed while calls ring at it, with default settings: another one rings in its place, and if there is none the
 * callers are told at once. No call is established anywhere by then, so there is none to lose.
 */
class RingingIT {
    private static final String CALLS = "strowger_backend_calls_total";
    private static final Duration RINGS = Duration.ofSeconds(3);
    private static final Duration SOON = Duration.ofSeconds(30);

    /** All have begun long before the first is answered, on a machine that stands still for a second, too. */
    private static final SippProcess.Load LOAD = SippProcess.Load.of(240, 200);

    private final Loopback net = Loopback.of(RingingIT.class);

    @BeforeAll
    static void needsSipp() {
        Tool.SIPP.path();
    }

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"UDP", "TCP"})
    void anotherBackendRingsInItsPlace(Transport inside) {
        Path directory = RunDirectory.create("ringing-" + inside);
        try (Backends backends = Backends.start(directory, "uas-rings", Backends.three(net, inside), RINGS);
                ProxyProcess proxy = start(directory, backends.endpoints(), "round-robin");
                SippProcess client = client(directory, LOAD.towards(inside))) {
            Endpoint dead = backends.endpoints().get(1);
            await().atMost(SOON)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> Metrics.of(proxy).of(CALLS, dead) >= LOAD.calls() / 4);
            long killNanos = System.nanoTime();
            backends.servers().get(1).killHard();
            await().atMost(SOON)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> movedOn(proxy) >= LOAD.calls() / 4 - 2);
            long movedMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - killNanos);
            client.join(Calls.limit(LOAD));
            System.out.printf(
                    "ringing %s: %d of %d calls failed; %d had rung at the killed backend, and rang at another one after at most"
                            + " %d ms; %d CANCELs\n",
                    inside,
                    client.failed(),
                    LOAD.calls(),
                    movedOn(proxy),
                    movedMillis,
                    Metrics.of(proxy).sum("strowger_in_flight_total", "cancel-sent"));
            assertThat(client.failed())
                    .as("%s\n%s", client.explain(), proxy.tail())
                    .isZero();
            assertThat(client.successful()).isEqualTo(LOAD.calls());
        }
    }

    @Test
    void withNobodyLeftCallersAreToldAtOnceAndNothingIsCountedAnyMore() {
        Path directory = RunDirectory.create("ringing-alone");
        List<Endpoint> only = List.of(Endpoint.of(Transport.UDP, net.backend(1)));
        SippProcess.Load few = SippProcess.Load.of(20, 40);
        try (Backends backends = Backends.start(directory, "uas-rings", only, Duration.ofSeconds(20));
                ProxyProcess proxy = start(directory, only, "least-calls");
                SippProcess client = client(directory, few)) {
            await().atMost(SOON).until(() -> Metrics.of(proxy).of("strowger_backend_active_calls", only.get(0)) == 20);
            long killNanos = System.nanoTime();
            backends.servers().get(0).killHard();
            client.join(SOON);
            long toldMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - killNanos);
            await().atMost(SOON).until(() -> Metrics.of(proxy).of("strowger_backend_active_calls", only.get(0)) == 0);
            System.out.printf(
                    "ringing, nobody left: %d callers told within %d ms; none counted after %d ms\n",
                    client.failed(), toldMillis, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - killNanos));
            assertThat(client.failed()).as("%s", client.explain()).isEqualTo(few.calls());
            assertThat(client.explain()).contains("SIP/2.0 500");
        }
    }

    private static long movedOn(ProxyProcess proxy) {
        return Metrics.of(proxy).sum("strowger_redispatches_total", "gone");
    }

    private ProxyProcess start(Path directory, List<Endpoint> backends, String balance) {
        String list =
                backends.stream().map(backend -> '"' + backend.backend() + '"').collect(Collectors.joining(", "));
        return ProxyProcess.start(directory, net, """
                event-loops = 2
                listeners { front { transport = udp, bind = "%s:5060" } }
                pools { phones { backends = [%s], balance = %s } }
                rules = [ { pool = phones } ]
                """.formatted(net.proxy(), list, balance));
    }

    private SippProcess client(Path directory, SippProcess.Load load) {
        return SippProcess.client(
                directory,
                "uac",
                Endpoint.of(Transport.UDP, net.client(1)),
                Endpoint.of(Transport.UDP, net.proxy()),
                load);
    }
}
