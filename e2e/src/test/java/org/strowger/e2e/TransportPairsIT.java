package org.strowger.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.strowger.sip.Transport;

/**
 * Calls of every kind from clients of every transport to servers of every transport, all pairs at the same time, each message
 * held against what it must be. {@code -Dpairs.calls=12000 -Dpairs.rate=200} is the full measure:
 * more than 10,000 of these are calls.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TransportPairsIT {
    private static final Duration RINGS = Duration.ofMillis(50);
    private static final Duration TALKS = Duration.ofMillis(300);

    private final Loopback net = Loopback.of(TransportPairsIT.class);
    private final int calls = Integer.getInteger("pairs.calls", 500);
    private long perSecond;
    private final int rate = Integer.getInteger("pairs.rate", 100);
    private final Map<Pair, Tally> tallies = new LinkedHashMap<>();
    private final List<AutoCloseable> open = new ArrayList<>();

    @SuppressWarnings("NullAway.Init") // before everything else
    private ProxyProcess proxy;

    @SuppressWarnings("NullAway.Init") // before everything else
    private Agent phones;

    @SuppressWarnings("NullAway.Init") // before everything else
    private Agent servers;

    /** How the client speaks, and how the server. */
    record Pair(Transport in, Transport out) {
        /** Rules find the pool by it. */
        String user() {
            return out.name().toLowerCase(Locale.ROOT);
        }

        @Override
        public String toString() {
            return in + " to " + out;
        }
    }

    static Stream<Pair> pairs() {
        return Stream.of(Transport.values())
                .flatMap(in -> Stream.of(Transport.values()).map(out -> new Pair(in, out)));
    }

    @BeforeAll
    void makeAllCalls() {
        Tool.OPENSSL.path();
        Path directory = RunDirectory.create("pairs");
        Certificates files = Certificates.in(directory)
                .issue("front", "DNS:sip.example.com,IP:" + net.proxy())
                .issue("back", "URI:sip:back.example.com,DNS:unused.example.com");
        Optional<WireTls> tls = Optional.of(WireTls.of(files, "back", "sip.example.com"));
        Wires outer = opened(new Wires(tls));
        Wires inner = opened(new Wires(tls));
        phones = new Agent("phones", outer, RINGS, TALKS);
        servers = new Agent("servers", inner, RINGS, TALKS);
        for (Transport transport : Transport.values()) {
            var unused = inner.listen(Sides.at(transport, net.backend(1)), servers);
        }
        proxy = opened(ProxyProcess.start(directory, net, settings())).awaitUp(Transport.values().length);
        Map<Transport, List<Wire>> wires = connect(outer);
        List<Pair> all = pairs().toList();
        all.forEach(this::tally);
        long begin = System.nanoTime();
        phones.pace(calls, rate, number -> {
                    Pair pair = all.get(number % all.size());
                    List<Wire> ways = wires.getOrDefault(pair.in(), List.of());
                    int round = number / all.size();
                    phones.begin(ways.get(round % ways.size()), pair.user(), CallKind.mixed(round), tally(pair));
                })
                .orTimeout(60 + 2L * calls / rate, TimeUnit.SECONDS)
                .join();
        perSecond = calls * TimeUnit.SECONDS.toNanos(1) / (System.nanoTime() - begin);
        await().atMost(Duration.ofSeconds(60)).until(() -> phones.live() + servers.live() == 0);
    }

    private Tally tally(Pair pair) {
        return tallies.computeIfAbsent(pair, first -> new Tally());
    }

    private <T extends AutoCloseable> T opened(T one) {
        open.add(0, one);
        return one;
    }

    /** Some connections each, so that both event loops of the program have some. */
    private Map<Transport, List<Wire>> connect(Wires outer) {
        Map<Transport, List<Wire>> wires = new EnumMap<>(Transport.class);
        for (Transport transport : Transport.values()) {
            List<Wire> some = new ArrayList<>();
            for (int i = 1; i <= 6; i++) {
                some.add(outer.connect(net.client(i), Sides.at(transport, net.proxy()), phones)
                        .orTimeout(20, TimeUnit.SECONDS)
                        .join());
            }
            wires.put(transport, some);
        }
        return wires;
    }

    private String settings() {
        return "event-loops = 2\n"
                + Sides.listeners(net)
                + "tls.back { trusted = ca.pem, server-name = back.example.com }\n"
                + Sides.pools(net, "");
    }

    @AfterAll
    void stop() throws Exception {
        tallies.forEach((pair, tally) -> System.out.println(pair + ": " + tally));
        System.out.printf(
                "all pairs: %d calls at %d/s, %d failed; %d messages came at the clients%n",
                calls,
                perSecond,
                tallies.values().stream().mapToInt(Tally::failedCount).sum(),
                tallies.values().stream().mapToInt(Tally::messageCount).sum());
        System.out.println(
                "the servers: " + servers.others() + "\n" + servers.others().reasons());
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void everyCallGoesThrough(Pair pair) {
        Tally tally = tally(pair);
        assertThat(tally.failedCount())
                .as("%s\n%s", tally.reasons(), proxy.tail())
                .isZero();
        assertThat(tally.completedCount()).isEqualTo(tally.begunCount()).isGreaterThanOrEqualTo(calls / 25);
        // Both begin as well what the other end asks for: nothing may be left over there, nor come out of the blue.
        assertThat(servers.others().reasons()).as("at the servers").isEmpty();
        assertThat(phones.others().reasons()).as("at the clients").isEmpty();
        assertThat(phones.lost()).as("connections lost").isZero();
        Metrics metrics = Metrics.of(proxy);
        assertThat(metrics.received(pair.in(), "client")).isGreaterThanOrEqualTo(2L * tally.begunCount());
        assertThat(metrics.received(pair.out(), "backend")).isGreaterThanOrEqualTo(tally.begunCount());
    }
}
