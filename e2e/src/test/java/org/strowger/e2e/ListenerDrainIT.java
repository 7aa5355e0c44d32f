package org.strowger.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.strowger.sip.Transport;

/** A reload takes WebSocket listeners away: their browsers are sent off one by one, and nobody else notices. */
class ListenerDrainIT {
    private static final int BROWSERS = 20;
    private static final Duration DRAIN = Duration.ofSeconds(3);
    private static final int CALLS = 200;

    private final Loopback net = Loopback.of(ListenerDrainIT.class);
    private final Endpoint backend = Endpoint.of(Transport.UDP, net.backend(1));
    private final Endpoint staying = new Endpoint(Transport.WS, net.proxy(), 8081);

    /** Remembers when connections ended. */
    private static final class Ends implements Wire.Taker {
        private final Map<Wire, Long> nanos = new ConcurrentHashMap<>();

        @Override
        public void take(Wire wire, WireMessage message) {}

        @Override
        public void ended(Wire wire) {
            nanos.put(wire, System.nanoTime());
        }

        Duration spread() {
            return Duration.ofNanos(Collections.max(nanos.values()) - Collections.min(nanos.values()));
        }
    }

    @BeforeAll
    static void needsThePackagedProgram() {
        Tool.OPENSSL.path();
        if (System.getProperty("strowger.command") != null) {
            throw Tool.missing("with -Dstrowger.command a file may be out of reach");
        }
    }

    @Test
    void browsersOfARemovedListenerAreSentOffOneByOne() {
        Path directory = RunDirectory.create("listener-drain");
        Certificates files = Certificates.in(directory).issue("front", "DNS:sip.example.com");
        try (Wires wires = new Wires(Optional.of(WireTls.of(files, "front", "sip.example.com")))) {
            Agent server = new Agent("server", wires, Duration.ofMillis(20), Duration.ofMillis(100));
            var unused = wires.listen(backend, server);
            try (ProxyProcess proxy = ProxyProcess.start(directory, net, Sides.listeners(net) + remaining())) {
                Map<Transport, Ends> ends = Map.of(Transport.WS, new Ends(), Transport.WSS, new Ends());
                List<Wire> leaving = new ArrayList<>();
                ends.forEach((transport, mine) -> leaving.addAll(connect(wires, transport, mine)));
                Agent phones = new Agent("phones", wires, Duration.ofMillis(20), Duration.ofMillis(100));
                Tally calls = new Tally();
                CompletableFuture<Void> load = load(wires, phones, calls);
                proxy.configure(remaining());
                proxy.hangUp();
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> ends.values().stream().allMatch(mine -> mine.nanos.size() == BROWSERS));
                load.orTimeout(60, TimeUnit.SECONDS).join();
                await().atMost(Duration.ofSeconds(40)).until(() -> phones.live() == 0);
                ends.forEach((transport, mine) -> {
                    System.out.println(transport + ": " + BROWSERS + " browsers sent off over " + mine.spread());
                    assertThat(mine.spread()).isGreaterThan(DRAIN.dividedBy(3));
                });
                assertThat(leaving).allMatch(wire -> wire.closeCode() == 1012);
                assertThat(calls.failedCount())
                        .as("%s\n%s", calls.reasons(), proxy.tail())
                        .isZero();
                assertThat(calls.completedCount()).isEqualTo(CALLS);
                assertThat(phones.lost()).isZero();
                assertThat(Metrics.of(proxy).sum("strowger_tcp_closed_total", "drained"))
                        .isEqualTo(2L * BROWSERS);
                assertThatThrownBy(() -> connect(wires, Transport.WS, new Ends()))
                        .hasMessageContaining("refused");
            }
        }
    }

    private String remaining() {
        return """
                event-loops = 2
                websocket.drain = %ds
                listeners.inside { transport = udp, bind = "%s:5080", side = internal }
                listeners.staying { transport = ws, bind = "%s" }
                pools.core { backends = ["%s"], health.probe = none }
                rules = [ { pool = core } ]
                """.formatted(DRAIN.toSeconds(), net.proxy(), staying.hostPort(), backend.backend());
    }

    private List<Wire> connect(Wires wires, Transport transport, Wire.Taker taker) {
        List<Wire> connected = new ArrayList<>();
        for (int i = 0; i < BROWSERS; i++) {
            connected.add(wires.connect(net.client(1), Sides.at(transport, net.proxy()), taker)
                    .orTimeout(20, TimeUnit.SECONDS)
                    .join());
        }
        return connected;
    }

    /** Calls by the listener that stays, for a little longer than the others are drained. */
    private CompletableFuture<Void> load(Wires wires, Agent phones, Tally calls) {
        List<Wire> some = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            some.add(wires.connect(net.client(2), staying, phones)
                    .orTimeout(20, TimeUnit.SECONDS)
                    .join());
        }
        return phones.pace(
                CALLS, 50, number -> phones.begin(some.get(number % 4), "any", CallKind.mixed(number / 4), calls));
    }
}
