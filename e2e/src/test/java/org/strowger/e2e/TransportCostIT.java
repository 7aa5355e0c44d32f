package org.strowger.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.strowger.sip.Transport;

/**
 * A measurement and no test: what a message and a handshake cost the event loop by transport. {@code benchmarks/bin/transport-cost}
 * runs it.
 */
@EnabledIfSystemProperty(named = "cost.calls", matches = "\\d+")
class TransportCostIT {
    private static final Duration RINGS = Duration.ofMillis(20);
    private static final Duration TALKS = Duration.ofMillis(100);
    private static final int RATE = 400;
    private static final int CONNECTIONS = 20;
    private static final Pattern MADE = Pattern.compile("(\\d+) connections in [0-9.]+s");

    private final Loopback net = Loopback.of(TransportCostIT.class);
    private final int calls = Integer.getInteger("cost.calls", 3000);

    /** How clients speak, and how backends. */
    private record Pair(Transport in, Transport out) {
        String user() {
            return out.name().toLowerCase(Locale.ROOT);
        }
    }

    @Test
    void whatMessagesAndHandshakesCost() {
        Path directory = RunDirectory.create("cost");
        Certificates files = Certificates.in(directory).issue("front", "DNS:sip.example.com");
        Optional<WireTls> tls = Optional.of(WireTls.of(files, "front", "sip.example.com"));
        try (Wires outer = new Wires(tls);
                Wires inner = new Wires(tls)) {
            Agent servers = new Agent("servers", inner, RINGS, TALKS);
            for (Transport transport : Transport.values()) {
                var unused = inner.listen(Sides.at(transport, net.backend(1)), servers);
            }
            try (ProxyProcess proxy = ProxyProcess.start(directory, net, settings())) {
                messages(proxy, outer);
                for (String version : new String[] {"-tls1_3", "-tls1_2"}) {
                    handshakes(proxy, version, "-new");
                }
                handshakes(proxy, "-tls1_2", "-reuse");
            }
        }
    }

    private String settings() {
        return "event-loops = 1\ntls.front.handshakes = off\ntls.back.verify = false\n"
                + Sides.listeners(net)
                + Sides.pools(net, ", health.probe = none");
    }

    private void messages(ProxyProcess proxy, Wires outer) {
        List<Pair> pairs = new ArrayList<>();
        for (Transport transport : Transport.values()) {
            pairs.add(new Pair(transport, Transport.UDP));
        }
        Stream.of(Transport.values()).skip(1).forEach(out -> pairs.add(new Pair(Transport.UDP, out)));
        pairs.forEach(pair -> load(proxy, outer, pair, calls / 2));
        System.out.println("| clients | backends | CPU of the event loop per message |\n|---|---|---|");
        for (Pair pair : pairs) {
            double micros = load(proxy, outer, pair, calls);
            System.out.printf("| %s | %s | %.1f us |%n", pair.in(), pair.out(), micros);
        }
    }

    /** Makes calls, and says what a message that came cost, with being sent on. */
    private double load(ProxyProcess proxy, Wires outer, Pair pair, int count) {
        Agent phones = new Agent("phones" + System.nanoTime(), outer, RINGS, TALKS);
        List<Wire> wires = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            wires.add(outer.connect(net.client(1 + i), Sides.at(pair.in(), net.proxy()), phones)
                    .orTimeout(20, TimeUnit.SECONDS)
                    .join());
        }
        Tally tally = new Tally();
        long messagesBefore = received(proxy);
        long nanosBefore = loopNanos(proxy);
        phones.pace(
                        count,
                        RATE,
                        number -> phones.begin(wires.get(number % CONNECTIONS), pair.user(), CallKind.TALK, tally))
                .join();
        await().atMost(Duration.ofSeconds(40)).until(() -> phones.live() == 0);
        double micros = (loopNanos(proxy) - nanosBefore) / 1e3 / (received(proxy) - messagesBefore);
        assertThat(tally.failedCount()).as(tally.reasons()).isZero();
        wires.forEach(Wire::close);
        return micros;
    }

    private static long received(ProxyProcess proxy) {
        Metrics metrics = Metrics.of(proxy);
        return metrics.sum("strowger_messages_received_total", "client")
                + metrics.sum("strowger_messages_received_total", "backend");
    }

    /** What the event loop has computed. */
    private static long loopNanos(ProxyProcess proxy) {
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + proxy.pid() + "/task"))) {
            long sum = 0;
            for (Path thread : threads.toList()) {
                if (Files.readString(thread.resolve("comm")).startsWith("strowger-loop")) {
                    sum += Long.parseLong(
                            Files.readString(thread.resolve("schedstat")).split(" ", -1)[0]);
                }
            }
            return sum;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void handshakes(ProxyProcess proxy, String version, String mode) {
        String at = Sides.at(Transport.TLS, net.proxy()).hostPort();
        long nanosBefore = loopNanos(proxy);
        try {
            Process process = new ProcessBuilder(
                            Tool.OPENSSL.path(), "s_time", "-connect", at, mode, version, "-time", "5")
                    .redirectErrorStream(true)
                    .start();
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            long nanos = loopNanos(proxy) - nanosBefore;
            Matcher made = MADE.matcher(printed);
            assertThat(made.find()).as(printed).isTrue();
            int count = Integer.parseInt(made.group(1));
            System.out.printf(
                    "%s %s: %d handshakes, %.0f us of the event loop each, %.0f/s for a core%n",
                    version, mode, count, nanos / 1e3 / count, 1e9 * count / nanos);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
