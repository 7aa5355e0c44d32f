package org.strowger.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.strowger.sip.Transport;

/**
 * Certificates change every 2 s on listeners of TLS and of WebSocket over TLS, in both ways in which operators change them,
 * while clients connect all the time and others talk: no handshake may fail, no connection may break, no call may fail, and the
 * new certificate has to be served. {@code -Dswap.seconds=60} is the full measure.
 */
class CertificateSwapIT {
    private static final Duration EVERY = Duration.ofSeconds(2);

    private final Loopback net = Loopback.of(CertificateSwapIT.class);
    private final int seconds = Integer.getInteger("swap.seconds", 8);
    private final int swaps = seconds / (int) EVERY.toSeconds();
    private final int knocksPerSecond = Integer.getInteger("swap.knocks", 40);
    private final int callsPerSecond = Integer.getInteger("swap.rate", 40);

    /** Where the program listens, and how the certificate of that is renewed. */
    private record Door(Endpoint at, Renewal renewal) {
        String name() {
            return (at.transport() + "-" + renewal).toLowerCase(java.util.Locale.ROOT);
        }

        String listener() {
            return "listeners.%s { transport = %s, bind = \"%s\", tls = %s }%n"
                    .formatted(
                            name(),
                            at.transport() == Transport.TLS ? "tls" : "wss",
                            at.hostPort(),
                            renewal.name().toLowerCase(java.util.Locale.ROOT));
        }
    }

    private List<Door> doors() {
        List<Door> doors = new ArrayList<>();
        for (Renewal renewal : Renewal.values()) {
            doors.add(new Door(new Endpoint(Transport.TLS, net.proxy(), 5061 + renewal.ordinal()), renewal));
            doors.add(new Door(new Endpoint(Transport.WSS, net.proxy(), 8443 + renewal.ordinal()), renewal));
        }
        return doors;
    }

    @BeforeAll
    static void needsOpenssl() {
        Tool.OPENSSL.path();
        if (System.getProperty("strowger.command") != null) {
            throw Tool.missing("with -Dstrowger.command files may be out of reach");
        }
    }

    @Test
    void nobodyNoticesThatCertificatesChange() {
        Path directory = RunDirectory.create("swap");
        Certificates files = Certificates.in(directory).authority("mid");
        for (int i = 0; i <= swaps; i++) {
            files.issue("day" + i, "DNS:sip.example.com", "mid");
        }
        for (Renewal renewal : Renewal.values()) {
            renewal.put(folder(directory, renewal), files, "day0", 0);
        }
        Optional<WireTls> tls = Optional.of(WireTls.of(files, "day0", "sip.example.com"));
        Endpoint backend = Endpoint.of(Transport.UDP, net.backend(1));
        try (Wires outer = new Wires(tls);
                Wires knocking = new Wires(tls);
                Wires inner = new Wires(tls)) {
            Agent servers = new Agent("servers", inner, Duration.ofMillis(50), Duration.ofSeconds(1));
            var unused = inner.listen(backend, servers);
            try (ProxyProcess proxy =
                    ProxyProcess.start(directory, net, settings(backend)).awaitUp(1)) {
                Agent phones = new Agent("phones", outer, Duration.ofMillis(50), Duration.ofSeconds(1));
                Tally calls = new Tally();
                List<Knocks> knocks = new ArrayList<>();
                List<CompletableFuture<Void>> load = begin(outer, phones, calls, knocking, knocks);
                swap(directory, files);
                load.forEach(one -> one.orTimeout(120, TimeUnit.SECONDS).join());
                await().atMost(Duration.ofSeconds(60)).until(() -> phones.live() == 0);
                // The last certificate is there in the end.
                await().atMost(Duration.ofSeconds(30))
                        .pollInterval(Duration.ofMillis(300))
                        .until(() -> knockOnce(knocking, knocks));
                check(proxy, phones, calls, knocks);
            }
        }
    }

    private static Path folder(Path directory, Renewal renewal) {
        try {
            return Files.createDirectories(directory.resolve(renewal.name()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String settings(Endpoint backend) {
        StringBuilder text = new StringBuilder("event-loops = 2\n");
        for (Renewal renewal : Renewal.values()) {
            text.append("tls.%1$s { certificate = %2$s/tls.crt, key = %2$s/tls.key }%n"
                    .formatted(renewal.name().toLowerCase(java.util.Locale.ROOT), renewal));
        }
        doors().forEach(door -> text.append(door.listener()));
        return text.append("pools.core { backends = [\"%s\"] }%n".formatted(backend.backend()))
                .append("rules = [ { pool = core } ]\n")
                .toString();
    }

    /** Calls on connections that stand, and new connections, at every door; complete when the last has begun. */
    private List<CompletableFuture<Void>> begin(
            Wires outer, Agent phones, Tally calls, Wires knocking, List<Knocks> knocks) {
        List<Wire> standing = new ArrayList<>();
        for (Door door : doors()) {
            for (int i = 1; i <= 4; i++) {
                standing.add(outer.connect(net.client(i), door.at(), phones)
                        .orTimeout(20, TimeUnit.SECONDS)
                        .join());
            }
            knocks.add(new Knocks(knocking, net.client(9)));
        }
        Agent pace = new Agent("knocks", knocking, Duration.ZERO, Duration.ZERO);
        CompletableFuture<Void> called = phones.pace(
                callsPerSecond * seconds,
                callsPerSecond,
                number -> phones.begin(
                        standing.get(number % standing.size()),
                        "any",
                        CallKind.mixed(number / standing.size()),
                        calls));
        CompletableFuture<Void> knocked = pace.pace(knocksPerSecond * seconds, knocksPerSecond, number -> {
            int door = number % knocks.size();
            knocks.get(door).knock(doors().get(door).at());
        });
        return List.of(called, knocked);
    }

    private void swap(Path directory, Certificates files) {
        long begin = System.nanoTime();
        for (int i = 1; i <= swaps; i++) {
            for (Renewal renewal : Renewal.values()) {
                renewal.put(folder(directory, renewal), files, "day" + i, i);
            }
            LockSupport.parkNanos(begin + EVERY.toNanos() * i - System.nanoTime());
        }
    }

    /** Connects to every door; true when every door has shown the last certificate. */
    private boolean knockOnce(Wires knocking, List<Knocks> knocks) {
        for (int i = 0; i < knocks.size(); i++) {
            Knocks at = knocks.get(i);
            Endpoint door = doors().get(i).at();
            knocking.loop().execute(() -> at.knock(door));
        }
        return knocks.stream().allMatch(one -> one.seen().contains("CN=day" + swaps))
                && knocks.stream()
                        .allMatch(one ->
                                one.tally().completedCount() + one.tally().failedCount()
                                        >= one.tally().begunCount() - 1);
    }

    private void check(ProxyProcess proxy, Agent phones, Tally calls, List<Knocks> knocks) {
        System.out.printf("swaps: %d in %d s; calls: %s; connections lost: %d%n", swaps, seconds, calls, phones.lost());
        for (int i = 0; i < knocks.size(); i++) {
            Knocks at = knocks.get(i);
            System.out.println(doors().get(i).name() + ": handshakes: " + at.tally() + "; certificates seen: "
                    + at.seen().size());
            assertThat(at.tally().failedCount())
                    .as("%s\n%s", at.tally().reasons(), proxy.tail())
                    .isZero();
            assertThat(at.seen()).as("%s", proxy.tail()).hasSizeGreaterThan(swaps / 4);
        }
        assertThat(phones.lost()).as("%s", proxy.tail()).isZero();
        assertThat(calls.failedCount())
                .as("%s\n%s", calls.reasons(), proxy.tail())
                .isZero();
        assertThat(calls.completedCount()).isEqualTo(callsPerSecond * seconds);
        Metrics metrics = Metrics.of(proxy);
        long full = metrics.sum("strowger_tls_handshakes_total", "full");
        long resumed = metrics.sum("strowger_tls_handshakes_total", "resumed");
        long all = metrics.sum("strowger_tls_handshakes_total", "server");
        System.out.printf(
                "handshakes: %d full, %d resumed, %d others; files taken over %d times, refused %d times%n",
                full,
                resumed,
                all - full - resumed,
                metrics.sum("strowger_tls_file_changes_total", "taken-over"),
                metrics.sum("strowger_tls_file_changes_total", "refused"));
        assertThat(all).as("handshakes that ended otherwise").isEqualTo(full + resumed);
        assertThat(full).isGreaterThan(swaps);
    }
}
