package org.strowger.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.strowger.sip.Transport;

/**
 * One of three backends fails under a stream of calls, with default settings: no call may fail. {@code -Dfault.calls=4000
 * -Dfault.rate=200} is the full measure. How late calls were is printed, and asserted only where a wait of seconds would show
 * that nobody helped: a machine may stand still.
 */
class FaultsIT {
    private static final Duration NOTICED = Duration.ofSeconds(20);

    private final Loopback net = Loopback.of(FaultsIT.class);
    private final SippProcess.Load load =
            SippProcess.Load.of(Integer.getInteger("fault.calls", 1200), Integer.getInteger("fault.rate", 100));

    @BeforeAll
    static void needsSipp() {
        Tool.SIPP.path();
    }

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"UDP", "TCP"})
    void aBackendIsKilled(Transport inside) {
        Path directory = RunDirectory.create("killed-" + inside);
        try (Backends backends = Backends.three(directory, "uas", net, inside);
                ProxyProcess proxy = start(directory, backends.endpoints());
                SippProcess client = client(directory, inside)) {
            awaitCalls(client);
            backends.servers().get(1).killHard();
            client.join(Calls.limit(load));
            assertHarmless(
                    "killed " + inside,
                    client,
                    proxy,
                    client.toldGone(backends.servers().get(1))
                            + (inside == Transport.TCP ? client.byesUnanswered() : 0));
            assertThat(proxy.get("/backends")).contains("\"healthState\":\"DOWN\"");
        }
    }

    @Test
    void aBackendFreezesAndThaws() {
        Path directory = RunDirectory.create("frozen");
        try (Backends backends = Backends.three(directory, "uas", net, Transport.UDP);
                ProxyProcess proxy = start(directory, backends.endpoints());
                SippProcess client = client(directory, Transport.UDP)) {
            awaitCalls(client);
            backends.servers().get(1).freeze();
            await().atMost(NOTICED).until(() -> isDown(proxy));
            backends.servers().get(1).thaw();
            await().atMost(NOTICED).until(() -> !isDown(proxy));
            assertHarmless("frozen", client, proxy);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = FaultyServer.Fault.class,
            names = {"HALF_BUSY", "DEAF", "SLOW", "FLAPPING", "LOSSY"})
    void aBackendMisbehaves(FaultyServer.Fault fault) {
        Path directory = RunDirectory.create("faulty-" + fault);
        List<Endpoint> all = Backends.three(net, Transport.UDP);
        // No SIPp servers: some end a call whose INVITE comes twice, which a machine that stands still is enough for.
        try (FaultyServer good = new FaultyServer(all.get(1), FaultyServer.Fault.NONE);
                FaultyServer fine = new FaultyServer(all.get(2), FaultyServer.Fault.NONE);
                FaultyServer bad = new FaultyServer(all.get(0), fault);
                ProxyProcess proxy = start(directory, all);
                SippProcess client = client(directory, Transport.UDP)) {
            assertHarmless(fault.name(), client, proxy);
            List<Long> transitions = all.stream()
                    .map(backend -> metric(proxy, "strowger_backend_transitions_total", backend))
                    .toList();
            System.out.printf(
                    "  it got %d calls, the others %d and %d; transitions %s%n",
                    bad.invitations(), good.invitations(), fine.invitations(), transitions);
            // First good probe: the good ones change no more than that.
            assertThat(transitions.subList(1, 3))
                    .as("transitions\n%s", proxy.tail())
                    .allMatch(count -> count <= 1);
        }
    }

    private ProxyProcess start(Path directory, List<Endpoint> backends) {
        List<String> list = new ArrayList<>();
        backends.forEach(backend -> list.add('"' + backend.backend() + '"'));
        return ProxyProcess.start(
                directory, net, """
                event-loops = 2
                listeners { front { transport = udp, bind = "%s:5060" } }
                pools { phones { backends = [%s], balance = round-robin } }
                rules = [ { pool = phones } ]
                """.formatted(net.proxy(), list.stream().collect(Collectors.joining(", "))));
    }

    private SippProcess client(Path directory, Transport inside) {
        return SippProcess.client(
                directory,
                "uac",
                Endpoint.of(Transport.UDP, net.client(1)),
                Endpoint.of(Transport.UDP, net.proxy()),
                load.towards(inside));
    }

    private void awaitCalls(SippProcess client) {
        await().atMost(Duration.ofSeconds(30)).until(() -> client.successful() > load.calls() / 4);
    }

    private static boolean isDown(ProxyProcess proxy) {
        return proxy.get("/backends").contains("\"healthState\":\"DOWN\"");
    }

    private void assertHarmless(String what, SippProcess client, ProxyProcess proxy) {
        client.join(Calls.limit(load));
        assertHarmless(what, client, proxy, 0);
    }

    /** @param lost calls that a dead backend had at that moment: their callers were told so (dialogs = fail), or would repeat
     *     their BYE if SIPp did */
    private void assertHarmless(String what, SippProcess client, ProxyProcess proxy, long lost) {
        System.out.printf(
                "%s: %d of %d calls failed, %d of them established at the dead backend; %d answered after more than 200 ms,"
                        + " %d after more than 1 s%n",
                what, client.failed(), load.calls(), lost, client.late(), client.veryLate());
        assertThat(client.failed() - lost)
                .as(
                        "failed calls but the %d established at the dead backend\n%s\n%s",
                        lost, client.explain(), proxy.tail())
                .isZero();
        assertThat(lost).as("calls established at the dead backend").isLessThanOrEqualTo(mostCallsAtOnce());
        assertThat(client.successful() + client.failed()).isEqualTo(load.calls());
        assertThat(client.late()).as("late calls\n%s", proxy.tail()).isLessThan(load.calls() / 3);
    }

    /** Calls end when they are answered, on a machine that stands still after half a second: a third of what began in that. */
    private long mostCallsAtOnce() {
        return 2L + load.callsPerSecond() / 6;
    }

    private static long metric(ProxyProcess proxy, String name, Endpoint backend) {
        return proxy.get("/metrics")
                .lines()
                .filter(line -> line.startsWith(name + "{") && line.contains('"' + backend.backend() + '"'))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
