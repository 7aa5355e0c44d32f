package org.strowger.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.util.concurrent.Ticker;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.discovery.Backend;
import org.strowger.proxy.config.Machine;
import org.strowger.proxy.control.Caller;
import org.strowger.proxy.control.Command;
import org.strowger.proxy.control.ConfigChange;
import org.strowger.proxy.control.Outcome;
import org.strowger.proxy.control.ReloadOutcome;
import org.strowger.proxy.control.Status;
import org.strowger.proxy.demo.CallerOptions;
import org.strowger.proxy.demo.CallerReport;
import org.strowger.proxy.demo.DemoBackend;
import org.strowger.proxy.demo.DemoCaller;
import org.strowger.proxy.metrics.BackendCounterTable;
import org.strowger.proxy.metrics.Scrape;
import org.strowger.proxy.peers.Text;
import org.strowger.proxy.peers.WebSocketPhone;
import org.strowger.sip.Transport;

/** A running proxy with calls on it reads its file again and again. */
@Timeout(180)
final class ReloadIT {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final Caller TEST = Caller.local("test");
    private static final String FIRST_KEY = key(1);

    @TempDir
    private Path folder;

    private final List<DemoBackend> backends = new ArrayList<>();
    private Path file;
    private Strowger strowger;
    private int extraPort;

    @BeforeEach
    void start() throws IOException {
        for (int i = 0; i < 3; i++) {
            backends.add(DemoBackend.start("b" + i, LOOPBACK, Duration.ofMillis(20), new SplittableRandom(i)));
        }
        try (ServerSocket free = new ServerSocket(0, 1, LOOPBACK)) {
            extraPort = free.getLocalPort();
        }
        file = folder.resolve("strowger.conf");
        Files.writeString(file, config("call-id", 1, 3, FIRST_KEY, ""));
        strowger = FromFile.start(file, new Machine(Map.of(), 2, "exchange"));
    }

    @AfterEach
    void stop() {
        strowger.close();
        backends.forEach(DemoBackend::close);
    }

    private static String key(int seed) {
        byte[] bytes = new byte[32];
        new SplittableRandom(seed).nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }

    private String id(int backend) {
        return Backend.of(Transport.UDP, backends.get(backend).address()).id();
    }

    /** The first {@code members} backends, the first of them with that weight. */
    private String config(String balance, int weight, int members, String key, String more) {
        StringBuilder list = new StringBuilder("{ address = \"%s\", weight = %d }".formatted(id(0), weight));
        for (int i = 1; i < members; i++) {
            list.append(", \"").append(id(i)).append('"');
        }
        return """
                event-loops = 2
                cluster-key = "%s"
                admin.bind = "127.0.0.1:0"
                listeners.udp { transport = udp, bind = "127.0.0.1:0" }
                pools.main { backends = [%s], balance = "%s", health.probe = none }
                rules = [ { pool = main } ]
                %s
                """.formatted(key, list, balance, more);
    }

    private ReloadOutcome reload(String text) throws IOException {
        Files.writeString(file, text);
        return strowger.operations().reload(TEST).toCompletableFuture().join();
    }

    private List<String> applied(String text) throws IOException {
        ReloadOutcome outcome = reload(text);
        assertThat(outcome).isInstanceOf(ReloadOutcome.Applied.class);
        return ((ReloadOutcome.Applied) outcome)
                .changes().stream().map(ConfigChange::toString).toList();
    }

    private DemoCaller caller(int callsPerSecond) throws IOException {
        return DemoCaller.start(
                new CallerOptions(strowger.address("udp"), callsPerSecond, Duration.ofMillis(700), 4, 10, 0),
                Ticker.systemTicker(),
                new SplittableRandom(2));
    }

    private static String listener(String name, String transport, int port) {
        return "listeners.%s { transport = %s, bind = \"127.0.0.1:%d\" }\n".formatted(name, transport, port);
    }

    @Test
    void browsersOfAListenerThatGoesAreSentAwayOneAfterTheOther() throws Exception {
        String web =
                "listeners.web { transport = ws, bind = \"127.0.0.1:%d\" }\nwebsocket.drain = 5s".formatted(extraPort);
        applied(config("call-id", 1, 3, FIRST_KEY, web));
        List<WebSocketPhone> phones = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            phones.add(new WebSocketPhone(strowger.address("web")));
        }
        applied(config("call-id", 1, 3, FIRST_KEY, "websocket.drain = 5s"));
        long last = System.nanoTime();
        WebSocketPhone staying = phones.stream()
                .filter(phone -> !phone.closed().isDone())
                .reduce((a, b) -> b)
                .orElseThrow();
        staying.send(Text.request(
                "REGISTER sip:example.com",
                "Via: SIP/2.0/WS x.invalid;branch=z9hG4bKlate",
                "From: <sip:a@example.com>;tag=1",
                "To: <sip:a@example.com>",
                "Call-ID: late",
                "CSeq: 1 REGISTER"));
        staying.receive("SIP/2.0 503 ");
        for (WebSocketPhone phone : phones) {
            assertThat(phone.closed().join()).isEqualTo(1012);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - last)).isGreaterThan(Duration.ofMillis(500));
    }

    @Test
    void noCallFailsWhileTheFileIsReadAgainEvery50ms() throws Exception {
        try (DemoCaller caller = caller(200)) {
            await().until(() -> caller.report().answered() > 20);
            int[] reloads = {0};
            await().pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(50))
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> {
                        int i = reloads[0]++;
                        String more = (i % 4 < 2 ? listener("extra", "tcp", extraPort) : "")
                                + (i % 6 < 3 ? listener("extra-udp", "udp", extraPort) : "")
                                + "previous-cluster-key = \"" + key(1) + "\"\n"
                                + (i % 5 == 0 ? "tcp.user-timeout = 7s\noutbound = disabled\n" : "");
                        applied(config("call-id", 1 + i % 3, i % 10 < 5 ? 3 : 2, key(1 + i / 50), more));
                        return reloads[0] == 100;
                    });
            CallerReport report = caller.finish(Duration.ofSeconds(30));
            assertThat(report.failures()).isEmpty();
            assertThat(report.isClean()).isTrue();
            assertThat(report.completed()).isEqualTo(report.started()).isGreaterThan(500);
        }
        Status status = strowger.operations().status();
        assertThat(status.reloads()).isEqualTo(100);
        // Counters go on: what each backend has answered it was given, but for repetitions.
        for (int i = 0; i < 2; i++) {
            assertThat(strowger.backendCounters().sum(id(i), org.strowger.proxy.metrics.BackendCounter.CALLS))
                    .isGreaterThanOrEqualTo(backends.get(i).calls());
        }
    }

    @Test
    void callsAreCountedFromTheReloadOnThatAsksForIt() throws Exception {
        BackendCounterTable table = strowger.backendCounters();
        try (Scrape scrape = new Scrape(strowger.counters(), table, List::of, "test");
                DemoCaller caller = caller(100)) {
            strowger.measure(scrape);
            await().until(() -> caller.report().answered() > 20);
            assertThat(scrape.text()).doesNotContain("active_calls{");
            applied(config("least-calls", 1, 2, FIRST_KEY, "pools.main.limits.calls = 1000"));
            await().until(() -> activeCalls(scrape, 0) > 5 && activeCalls(scrape, 1) > 5);
            assertThat(activeCalls(scrape, 2)).isEqualTo(-1);
            Backend third = Backend.of(Transport.UDP, backends.get(2).address());
            assertThat(perform(new Command.Add("main", third))).isInstanceOf(Outcome.Done.class);
            await().until(() -> activeCalls(scrape, 2) > 5);
            assertThat(caller.finish(Duration.ofSeconds(30)).isClean()).isTrue();
            await().until(() -> activeCalls(scrape, 0) + activeCalls(scrape, 1) + activeCalls(scrape, 2) == 0);
            applied(config("call-id", 1, 2, FIRST_KEY, ""));
            assertThat(scrape.text()).doesNotContain("active_calls{");
        }
    }

    /** The gauge of a backend, or -1. */
    private double activeCalls(Scrape scrape, int backend) {
        String name = "strowger_backend_active_calls{backend=\"" + id(backend) + "\"} ";
        return scrape.text()
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
                .findFirst()
                .orElse(-1);
    }

    @Test
    void aBrokenFileChangesNothingAndEachProblemIsNamedWithItsLine() throws Exception {
        try (DemoCaller caller = caller(100)) {
            await().until(() -> caller.report().answered() > 20);
            Installer.InForce before = strowger.inForce();
            for (int i = 0; i < 20; i++) {
                String broken = switch (i % 4) {
                    case 0 -> config("call-di", 1, 3, FIRST_KEY, "");
                    case 1 -> config("call-id", 20_000, 3, FIRST_KEY, "event-lops = 3");
                    case 2 -> "listeners {";
                    default -> config("call-id", 1, 3, "", "");
                };
                ReloadOutcome outcome = reload(broken);
                assertThat(outcome)
                        .isInstanceOfSatisfying(
                                ReloadOutcome.Rejected.class,
                                rejected -> assertThat(rejected.problems())
                                        .isNotEmpty()
                                        .allMatch(problem -> problem.matches(
                                                java.util.regex.Pattern.quote(file.toString()) + ":\\d+: .*")));
                assertThat(strowger.inForce()).isSameAs(before);
            }
            assertThat(((ReloadOutcome.Rejected) reload(config("call-di", 20_000, 3, FIRST_KEY, ""))).problems())
                    .hasSize(2)
                    .allMatch(problem -> problem.contains(":5: pools.main."));
            Files.delete(file);
            assertThat(strowger.operations().reload(TEST).toCompletableFuture().join())
                    .isInstanceOf(ReloadOutcome.Rejected.class);
            CallerReport report = caller.finish(Duration.ofSeconds(30));
            assertThat(report.isClean()).isTrue();
        }
        assertThat(strowger.operations().status().reloads()).isZero();
    }

    @Test
    void aListenerThatCannotBeOpenedChangesNothing() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, LOOPBACK)) {
            Installer.InForce before = strowger.inForce();
            String more = listener("free", "udp", extraPort) + listener("taken", "tcp", taken.getLocalPort());
            ReloadOutcome outcome = reload(config("round-robin", 1, 3, FIRST_KEY, more));
            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            ReloadOutcome.Rejected.class,
                            rejected -> assertThat(rejected.problems())
                                    .singleElement()
                                    .asString()
                                    .startsWith(file + ":8: listeners.taken.bind: 127.0.0.1:" + taken.getLocalPort())
                                    .contains("Address already in use"));
            assertThat(strowger.inForce()).isSameAs(before);
        }
        // What was opened on the way is closed again.
        new DatagramSocket(extraPort, LOOPBACK).close();
    }

    @Test
    void listenersComeAndGo() throws Exception {
        InetSocketAddress extra = new InetSocketAddress(LOOPBACK, extraPort);
        assertThat(applied(config("call-id", 1, 3, FIRST_KEY, listener("extra", "tcp", extraPort))))
                .containsExactly("listeners.extra: none -> present");
        try (Socket open = new Socket()) {
            open.connect(extra);
            open.setSoTimeout(20_000);
            // Another name takes over the same address while the old one still holds it.
            applied(config("call-id", 1, 3, FIRST_KEY, listener("other", "tcp", extraPort)));
            assertThat(open.getInputStream().read()).isEqualTo(-1);
            new Socket(LOOPBACK, extraPort).close();
        }
        applied(config("call-id", 1, 3, FIRST_KEY, ""));
        new ServerSocket(extraPort, 1, LOOPBACK).close();
    }

    @Test
    void whatNeedsARestartIsSaidEachTimeAndTheRestIsApplied() throws Exception {
        String changed =
                config("round-robin", 1, 3, FIRST_KEY, "udp.batch = 7").replace("event-loops = 2", "event-loops = 1");
        String loops = "event-loops: 2 -> 1 (needs a restart)";
        assertThat(applied(changed))
                .contains(loops, "pools.main.balance: call-id -> round-robin")
                .hasSize(3);
        assertThat(applied(changed)).contains(loops).hasSize(2);
        assertThat(strowger.operations().status().pools().get(0).balance()).isEqualTo("round-robin");
    }

    @Test
    void aPoolThatComesIsMeasuredAndOneThatGoesIsNot() throws Exception {
        try (AdminSurface admin = AdminSurface.open(strowger)) {
            String other = "pools.other { backends = [\"%s\"] }\n".formatted(id(2));
            applied(config("call-id", 1, 3, FIRST_KEY, other));
            assertThat(scrape(admin)).contains("strowger_affinity_entries{pool=\"other\"} 0.0");
            applied(config("call-id", 1, 2, FIRST_KEY, ""));
            assertThat(scrape(admin))
                    .doesNotContain("pool=\"other\"")
                    .contains("strowger_affinity_entries{pool=\"main\"}");
            assertThat(strowger.operations().status().leaving()).containsExactly(id(2));
        }
    }

    private static String scrape(AdminSurface admin) throws Exception {
        return new String(
                java.net
                        .URI
                        .create("http://" + admin.address() + "/metrics")
                        .toURL()
                        .openStream()
                        .readAllBytes(),
                java.nio.charset.StandardCharsets.UTF_8);
    }

    @Test
    void overridesOutliveAReloadAndADrainedBackendGetsNoNewCalls() throws Exception {
        try (DemoCaller caller = caller(100)) {
            await().until(() -> caller.report().answered() > 50);
            assertThat(perform(new Command.Drain("main", id(0), Optional.empty(), false)))
                    .isInstanceOf(Outcome.Done.class);
            applied(config("round-robin", 4, 3, FIRST_KEY, ""));
            long calls = backends.get(0).calls();
            long answered = caller.report().answered();
            // Those under way when it was drained may still arrive.
            await().until(() -> caller.report().answered() > answered + 100);
            assertThat(backends.get(0).calls() - calls).isLessThan(10);
            CallerReport report = caller.finish(Duration.ofSeconds(30));
            assertThat(report.failures()).isEmpty();
            assertThat(report.isClean()).isTrue();
        }
        assertThat(strowger.operations().status().overrides())
                .singleElement()
                .satisfies(one -> assertThat(one.override().text()).isEqualTo("DRAIN"));
    }

    @Test
    void callsSurviveTheRemovalOfTheirBackendAndItsReturn() throws Exception {
        try (DemoCaller caller = caller(100)) {
            for (int i = 0; i < 20; i++) {
                long answered = caller.report().answered();
                await().until(() -> caller.report().answered() > answered + 10);
                assertThat(perform(new Command.Remove("main", id(i % 3), false)))
                        .isInstanceOf(Outcome.Done.class);
                long then = caller.report().answered();
                await().until(() -> caller.report().answered() > then + 10);
                assertThat(perform(new Command.Add(
                                "main",
                                Backend.of(Transport.UDP, backends.get(i % 3).address()))))
                        .isInstanceOf(Outcome.Done.class);
            }
            CallerReport report = caller.finish(Duration.ofSeconds(30));
            assertThat(report.failures()).isEmpty();
            assertThat(report.isClean()).isTrue();
        }
        assertThat(strowger.operations().status().leaving()).isEmpty();
    }

    private Outcome perform(Command command) {
        return strowger.operations()
                .perform(TEST, command)
                .toCompletableFuture()
                .join();
    }
}
