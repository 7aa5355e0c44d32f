package org.strowger.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.proxy.control.Command;
import org.strowger.proxy.control.ListenerStatus;
import org.strowger.proxy.control.PoolKind;
import org.strowger.proxy.metrics.Counter;

/** Connections, flows and WebSockets of backends that are drained: shown, left alone, and ended at the deadline. */
@Timeout(120)
final class DrainedConnectionsIT {
    @TempDir
    Path folder;

    private static Command drain(String pool, String backend, Optional<Duration> deadline) {
        return new Command.Drain(pool, backend, deadline, true);
    }

    /** Drains without a deadline, sees that one thing is left, and then lets the time be over. */
    private static void drainToTheEnd(Operated proxy, String pool, String id) {
        proxy.perform(drain(pool, id, Optional.empty()));
        await().untilAsserted(() -> assertThat(
                        proxy.backend(pool, id).drain().orElseThrow().remaining())
                .hasValue(1));
        assertThat(proxy.backend(pool, id).calls()).isEqualTo(1);
        proxy.perform(drain(pool, id, Optional.of(Duration.ofMillis(1))));
    }

    @Test
    void connectionsOfARelayEndAtTheDeadline() throws Exception {
        try (ServerSocket server = RelayFixture.server();
                Operated proxy = new Operated(folder, """
                        listeners.raw { transport = tcp-relay, bind = "127.0.0.1:0", pool = p }
                        pools.p { backends = ["tcp:127.0.0.1:%d"], health.probe = none }
                        """.formatted(server.getLocalPort()));
                Socket client = proxy.connect("raw");
                Socket backend = RelayFixture.accepted(server)) {
            String id = "tcp:127.0.0.1:" + server.getLocalPort();
            Operated.passes(client, backend);
            await().until(() -> proxy.open("raw", ListenerStatus.State.OPEN) == 1);
            assertThat(proxy.status().pool("p").orElseThrow().kind()).isEqualTo(PoolKind.TCP_RELAY);
            drainToTheEnd(proxy, "p", id);
            assertThat(Operated.isOver(client)).isTrue();
            assertThat(Operated.isOver(backend)).isTrue();
            assertThat(proxy.count(Counter.RELAY_CLOSED_DRAINED)).isEqualTo(1);
            assertThat(proxy.events())
                    .anyMatch(text ->
                            text.startsWith("p " + id + ": DRAIN -> MAINT, drain ended: deadline of 1ms reached,"
                                    + " 1 connections left (asked for by test) after "));
            await().until(() -> proxy.open("raw", ListenerStatus.State.OPEN) == 0);
        }
    }

    @Test
    void flowsOfARelayEndAtTheDeadlineThoughTheirClientSaysNothing() throws Exception {
        try (DatagramSocket server = new DatagramSocket(0, RelayFixture.LOOPBACK);
                DatagramSocket client = new DatagramSocket(0, RelayFixture.LOOPBACK);
                Operated proxy = new Operated(folder, """
                        listeners.raw { transport = udp-relay, bind = "127.0.0.1:0", pool = p }
                        pools.p { backends = ["udp:127.0.0.1:%d"] }
                        """.formatted(server.getLocalPort()))) {
            client.send(new DatagramPacket(new byte[] {1}, 1, proxy.strowger.address("raw")));
            DatagramPacket first = new DatagramPacket(new byte[10], 10);
            server.receive(first);
            await().until(() -> proxy.open("raw", ListenerStatus.State.OPEN) == 1);
            String id = "udp:127.0.0.1:" + server.getLocalPort();
            drainToTheEnd(proxy, "p", id);
            await().until(() -> proxy.count(Counter.RELAY_FLOW_DRAINED) == 1);
            await().untilAsserted(
                            () -> assertThat(proxy.backend("p", id).dialogs()).hasValue(0));
            assertThat(proxy.events())
                    .anyMatch(text ->
                            text.contains("DRAIN -> MAINT") && text.contains(", 1 flows left (asked for by test)"));
            // Its socket is closed: what the backend still says goes nowhere.
            SocketAddress gone = first.getSocketAddress();
            server.send(new DatagramPacket(new byte[] {2}, 1, gone));
            client.setSoTimeout(200);
            org.assertj.core.api.Assertions.assertThatExceptionOfType(java.net.SocketTimeoutException.class)
                    .isThrownBy(() -> client.receive(new DatagramPacket(new byte[10], 10)));
        }
    }

    @Test
    void webSocketsAndRequestsEndAtTheDeadline() throws Exception {
        try (ServerSocket gateway = RelayFixture.server();
                Operated proxy = new Operated(folder, """
                        listeners.web { transport = ws, bind = "127.0.0.1:0" }
                        pools.g { backends = ["http:127.0.0.1:%d"], health.probe = none }
                        rules = [ { pool = g } ]
                        """.formatted(gateway.getLocalPort()))) {
            String id = "http:127.0.0.1:" + gateway.getLocalPort();
            List<Socket> tunnel = proxy.tunnel("web", gateway);
            Operated.passes(tunnel.get(0), tunnel.get(1));
            await().until(() -> proxy.open("web", ListenerStatus.State.OPEN) == 1);
            assertThat(proxy.status().pool("g").orElseThrow().kind()).isEqualTo(PoolKind.HTTP);
            try (Socket asking = proxy.connect("web")) {
                asking.getOutputStream()
                        .write("GET / HTTP/1.1\r\nHost: a\r\n\r\n"
                                .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                try (Socket asked = RelayFixture.accepted(gateway)) {
                    assertThat(Operated.head(asked)).startsWith("GET / HTTP/1.1");
                    proxy.perform(drain("g", id, Optional.empty()));
                    await().untilAsserted(() -> assertThat(
                                    proxy.backend("g", id).drain().orElseThrow().remaining())
                            .hasValue(2));
                    Operated.passes(tunnel.get(1), tunnel.get(0));
                    proxy.perform(drain("g", id, Optional.of(Duration.ofMillis(1))));
                    assertThat(Operated.head(asking)).startsWith("HTTP/1.1 503 ");
                    assertThat(Operated.isOver(asked)).isTrue();
                }
            }
            // What the client is told comes before the end.
            assertThat(tunnel.get(0).getInputStream().readAllBytes()).isNotNull();
            assertThat(Operated.isOver(tunnel.get(1))).isTrue();
            assertThat(proxy.events())
                    .anyMatch(text -> text.contains("DRAIN -> MAINT")
                            && text.contains(", 2 requests and WebSockets left (asked for by test)"));
            assertThat(proxy.count(Counter.HTTP_TROUBLE_DRAINED)).isEqualTo(1);
            await().until(() -> proxy.count(Counter.HTTP_TUNNELS_CLOSED) == 1);
            for (Socket end : tunnel) {
                end.close();
            }
        }
    }
}
