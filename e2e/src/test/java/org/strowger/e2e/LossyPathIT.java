package org.strowger.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.strowger.sip.Transport;

/**
 * Three of ten datagrams to one of three backends are lost on the way, by the packet filter of a network namespace: nearly every
 * call goes through, and nobody else is blamed. {@code -Dloss.calls=12000 -Dloss.rate=200} is the full measure.
 */
class LossyPathIT {
    private static final double SUCCESS = 0.999;

    private final Loopback net = Loopback.of(LossyPathIT.class);
    private final SippProcess.Load load =
            SippProcess.Load.of(Integer.getInteger("loss.calls", 1000), Integer.getInteger("loss.rate", 125));

    @BeforeAll
    static void needsSipp() {
        Tool.SIPP.path();
    }

    @Test
    void lossOnThePathToOneBackendCostsHardlyACall() {
        Path directory = RunDirectory.create("loss");
        List<Endpoint> all = Backends.three(net, Transport.UDP);
        try (NetworkNamespace namespace = NetworkNamespace.create(directory)) {
            lose(namespace, directory, all.get(0));
            List<String> inside = namespace.inside(List.of());
            try (SippProcess first = SippProcess.server(inside, directory, "uas", all.get(0), Duration.ZERO);
                    SippProcess second = SippProcess.server(inside, directory, "uas", all.get(1), Duration.ZERO);
                    SippProcess third = SippProcess.server(inside, directory, "uas", all.get(2), Duration.ZERO);
                    ProxyProcess proxy = start(namespace, directory, all);
                    SippProcess client = client(inside, directory)) {
                long othersEjected = 0;
                while (client.isAlive()) {
                    LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
                    othersEjected = Math.max(othersEjected, ejected(Metrics.of(proxy), all.subList(1, 3)));
                }
                client.join(Calls.limit(load));
                Metrics last = Metrics.of(proxy);
                List<Long> ejections = last.of("strowger_backend_ejections_total", all);
                System.out.printf(
                        "30 %% loss to one backend: %d of %d calls failed, %d answered after more than 200 ms, %d after more than 1 s;"
                                + " calls %s, transitions %s, ejections %s, of the others at most %d at a time; dropped: %s%n",
                        client.failed(),
                        load.calls(),
                        client.late(),
                        client.veryLate(),
                        last.of("strowger_backend_calls_total", all),
                        last.of("strowger_backend_transitions_total", all),
                        ejections,
                        othersEjected,
                        dropped(namespace, directory));
                assertThat(client.successful())
                        .as("%s\n%s", client.explain(), proxy.tail())
                        .isGreaterThanOrEqualTo((long) Math.ceil(load.calls() * SUCCESS));
                assertThat(client.successful() + client.failed()).isEqualTo(load.calls());
                assertThat(ejected(last, all.subList(1, 3)))
                        .as("others ejected at the end")
                        .isZero();
                assertThat(ejections.subList(1, 3))
                        .as("ejections of the others")
                        .containsOnly(0L);
                assertThat(List.of(first, second, third)).allMatch(SippProcess::isAlive);
            }
        }
    }

    /** On the way in: what is dropped on the way out is reported to the sender. */
    private static void lose(NetworkNamespace namespace, Path directory, Endpoint backend) {
        String nft = Tool.NFT.path();
        namespace.run(directory, "nft-table", List.of(nft, "add table ip lossy"));
        namespace.run(
                directory,
                "nft-chain",
                List.of(nft, "add chain ip lossy way { type filter hook input priority 0; policy accept; }"));
        namespace.run(
                directory,
                "nft-rule",
                List.of(
                        nft,
                        "add rule ip lossy way ip daddr " + backend.address()
                                + " udp dport 5060 numgen random mod 100 < 30 counter drop"));
    }

    private static String dropped(NetworkNamespace namespace, Path directory) {
        return namespace
                .run(directory, "nft-list", List.of(Tool.NFT.path(), "list ruleset"))
                .replaceAll("(?s).*counter (packets \\d+).*", "$1");
    }

    private static long ejected(Metrics metrics, List<Endpoint> backends) {
        return metrics.of("strowger_backend_ejected", backends).stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    private ProxyProcess start(NetworkNamespace namespace, Path directory, List<Endpoint> backends) {
        return ProxyProcess.start(namespace, directory, net, """
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

    private SippProcess client(List<String> inside, Path directory) {
        return SippProcess.client(
                inside,
                directory,
                "uac",
                Endpoint.of(Transport.UDP, net.client(1)),
                Endpoint.of(Transport.UDP, net.proxy()),
                load);
    }
}
