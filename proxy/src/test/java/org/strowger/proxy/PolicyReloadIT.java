package org.strowger.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.util.concurrent.Ticker;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.strowger.discovery.Backend;
import org.strowger.proxy.config.ConfigLoader;
import org.strowger.proxy.config.ConfigResult;
import org.strowger.proxy.config.KeyRequirement;
import org.strowger.proxy.config.Machine;
import org.strowger.proxy.control.Caller;
import org.strowger.proxy.control.ConfigFile;
import org.strowger.proxy.control.ReloadOutcome;
import org.strowger.proxy.demo.CallerOptions;
import org.strowger.proxy.demo.CallerReport;
import org.strowger.proxy.demo.DemoBackend;
import org.strowger.proxy.demo.DemoCaller;
import org.strowger.sip.Transport;

/** A pool with calls on it gets another policy again and again. */
@Timeout(180)
final class PolicyReloadIT {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final List<String> POLICIES =
            List.of("round-robin", "call-id", "least-calls", "source-ip", "call-id", "user", "latency", "source-ip");
    private static final int RELOADS = 120;
    /** Longer than the time to the CANCEL. */
    private static final Duration RINGING = Duration.ofMillis(1500);

    @TempDir
    private Path folder;

    /** Without re-dispatch no request is kept: then only affinity can lead a repetition to its backend. */
    @ParameterizedTest
    @ValueSource(strings = {"20%", "0%"})
    void everyCallKeepsItsBackendWhateverThePolicyIsNow(String budget) throws Exception {
        List<DemoBackend> backends = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            backends.add(DemoBackend.start("b" + i, LOOPBACK, RINGING, new SplittableRandom(i)));
        }
        Path file = folder.resolve("strowger.conf");
        Files.writeString(file, config(backends, POLICIES.get(0), 3, budget));
        ConfigLoader loader = new ConfigLoader(new Machine(Map.of(), 2, "exchange"), KeyRequirement.REQUIRED);
        ConfigResult.Loaded loaded = (ConfigResult.Loaded) loader.load(file);
        try (Strowger strowger = Strowger.start(
                        loaded.config(),
                        Keys.of(loaded.config()),
                        new SplittableRandom(1),
                        Optional.of(new ConfigFile(file, loader)));
                DemoCaller caller = DemoCaller.start(
                        new CallerOptions(strowger.address("udp"), 150, Duration.ofMillis(700), 4, 10, 0),
                        Ticker.systemTicker(),
                        new SplittableRandom(2));
                CancellingCaller cancelling = new CancellingCaller(strowger.address("udp"), 50)) {
            int[] reloads = {0};
            await().pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(70))
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> {
                        int i = reloads[0]++;
                        reload(strowger, file, config(backends, POLICIES.get(i % 8), i % 20 < 15 ? 3 : 2, budget));
                        return reloads[0] == RELOADS;
                    });
            cancelling.stop();
            CallerReport report = caller.finish(Duration.ofSeconds(30));
            assertThat(report.failures()).isEmpty();
            assertThat(report.isClean()).isTrue();
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(cancelling.calls().values()).containsOnly("487"));
            long begun = backends.stream().mapToLong(DemoBackend::calls).sum();
            if (budget.equals("0%")) {
                assertThat(begun)
                        .isEqualTo(report.started() + cancelling.calls().size());
            }
        } finally {
            backends.forEach(DemoBackend::close);
        }
    }

    private static void reload(Strowger strowger, Path file, String text) throws IOException {
        Files.writeString(file, text);
        assertThat(strowger.operations()
                        .reload(Caller.local("test"))
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(ReloadOutcome.Applied.class);
    }

    private static String config(List<DemoBackend> backends, String balance, int members, String budget) {
        List<String> ids = backends.stream()
                .limit(members)
                .map(backend ->
                        "\"" + Backend.of(Transport.UDP, backend.address()).id() + "\"")
                .toList();
        return """
                event-loops = 2
                cluster-key = "%s"
                admin.bind = "127.0.0.1:0"
                listeners.udp { transport = udp, bind = "127.0.0.1:0" }
                pools.main { backends = %s, balance = %s, health.probe = none, redispatch.budget = "%s" }
                rules = [ { pool = main } ]
                """.formatted(Base64.getEncoder().encodeToString(new byte[32]), ids, balance, budget);
    }
}
