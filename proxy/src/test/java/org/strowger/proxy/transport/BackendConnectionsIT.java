package org.strowger.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.strowger.sip.IpPort;
import org.strowger.sip.Transport;
import org.strowger.threading.RunsOn;

/** Flows that we open to backends, over real sockets. */
@ExtendWith(BufferLeaks.class)
@RunsOn(RunsOn.Runner.ANY)
final class BackendConnectionsIT {
    private static final int FIRST_BACKOFF_MILLIS = 1000;

    private static BackendConnections connections(LoopsFixture fixture, int maxConnections) {
        BackendConnectionOptions options = new BackendConnectionOptions(
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                64 * 1024,
                Duration.ofMillis(FIRST_BACKOFF_MILLIS),
                Duration.ofSeconds(8),
                maxConnections);
        return new BackendConnections(
                fixture.flows.get(0), options, OutboundFront.plain(ContentLengthFraming::new), new Random(1));
    }

    private static ServerSocket backend(String address, int port) throws Exception {
        ServerSocket server = new ServerSocket();
        server.setReuseAddress(true);
        server.bind(new InetSocketAddress(LoopsFixture.address(address), port));
        server.setSoTimeout((int) LoopsFixture.PATIENCE.toMillis());
        return server;
    }

    private static IpPort peer(ServerSocket server) {
        return IpPort.of((InetSocketAddress) server.getLocalSocketAddress());
    }

    private static void send(LoopsFixture fixture, BackendConnections connections, IpPort peer, String text) {
        fixture.run(0, () -> Recorder.send(connections.connection(Transport.TCP, peer), text));
    }

    @ParameterizedTest
    @EnumSource(IoMode.class)
    void everythingToABackendSharesOneConnection(IoMode mode) throws Exception {
        try (LoopsFixture fixture = new LoopsFixture(mode, 1);
                ServerSocket server = backend("127.0.0.1", 0)) {
            BackendConnections connections = connections(fixture, 10);
            fixture.run(0, () -> {
                Flow flow = connections.connection(Transport.TCP, peer(server));
                Recorder.send(flow, "one");
                assertThat(connections.connection(Transport.TCP, peer(server))).isSameAs(flow);
                Recorder.send(flow, "two");
            });
            Socket accepted = server.accept();
            assertThat(LoopsFixture.read(accepted, 6)).isEqualTo("onetwo");
            send(fixture, connections, peer(server), "three");
            assertThat(LoopsFixture.read(accepted, 5)).isEqualTo("three");
            assertThat(fixture.recorder.count("connected")).isEqualTo(1);
            assertThat(fixture.recorder.count("reconnected")).isZero();

            LoopsFixture.write(accepted, LoopsFixture.message("client", 3));
            fixture.awaitEvent("message MESSAGE sip:client SIP/2.0");
            Flow flow = fixture.recorder.flows.get(0);
            assertThat(flow.listener()).isEqualTo(Flow.OUTBOUND);
            assertThat(flow.local()).isEqualTo(IpPort.of((InetSocketAddress) accepted.getRemoteSocketAddress()));
            accepted.close();
        }
    }

    @ParameterizedTest
    @EnumSource(IoMode.class)
    void aRefusedConnectReturnsItsMessagesAndPauses(IoMode mode) throws Exception {
        try (LoopsFixture fixture = new LoopsFixture(mode, 1)) {
            ServerSocket server = backend("127.0.0.1", 0);
            IpPort peer = peer(server);
            server.close();
            BackendConnections connections = connections(fixture, 10);

            send(fixture, connections, peer, "one");
            fixture.awaitEvent("closed CONNECT_FAILED");
            assertThat(fixture.recorder.events)
                    .containsExactly("undelivered CONNECT_FAILED one", "closed CONNECT_FAILED");

            send(fixture, connections, peer, "two");
            fixture.awaitEvent("undelivered NOT_CONNECTED two");
            fixture.ticker.advance(FIRST_BACKOFF_MILLIS / 2 - 1, TimeUnit.MILLISECONDS);
            assertThat(fixture.on(0, () -> connections.inBackoff(Transport.TCP, peer)))
                    .isTrue();
            fixture.ticker.advance(FIRST_BACKOFF_MILLIS / 2 + 1, TimeUnit.MILLISECONDS);
            send(fixture, connections, peer, "three");
            fixture.awaitEvent("undelivered CONNECT_FAILED three");

            // The second pause is between one and two of the first.
            fixture.ticker.advance(FIRST_BACKOFF_MILLIS - 1, TimeUnit.MILLISECONDS);
            send(fixture, connections, peer, "four");
            fixture.awaitEvent("undelivered NOT_CONNECTED four");
            assertThat(fixture.recorder.count("connectFailed")).isEqualTo(2);
            assertThat(fixture.recorder.count("connectFailed " + peer)).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @EnumSource(IoMode.class)
    void aBackendThatReturnsIsConnectedAgain(IoMode mode) throws Exception {
        try (LoopsFixture fixture = new LoopsFixture(mode, 1)) {
            ServerSocket server = backend("127.0.0.1", 0);
            IpPort peer = peer(server);
            BackendConnections connections = connections(fixture, 10);
            send(fixture, connections, peer, "one");
            Socket accepted = server.accept();
            assertThat(LoopsFixture.read(accepted, 3)).isEqualTo("one");
            accepted.setSoLinger(true, 0);
            accepted.close();
            server.close();
            fixture.awaitEvent("closed RESET");
            fixture.ticker.advance(10, TimeUnit.SECONDS);
            send(fixture, connections, peer, "two");
            fixture.awaitEvent("undelivered CONNECT_FAILED two");

            try (ServerSocket again = backend("127.0.0.1", peer.port())) {
                fixture.ticker.advance(10, TimeUnit.SECONDS);
                send(fixture, connections, peer, "three");
                try (Socket second = again.accept()) {
                    assertThat(LoopsFixture.read(second, 5)).isEqualTo("three");
                }
                assertThat(fixture.recorder.count("reconnected")).isEqualTo(1);
                assertThat(fixture.recorder.count("connectionReset " + peer)).isEqualTo(1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(IoMode.class)
    void whatTheKernelHadNotTakenComesBackAfterAReset(IoMode mode) throws Exception {
        try (LoopsFixture fixture = new LoopsFixture(mode, 1);
                ServerSocket server = backend("127.0.0.1", 0)) {
            BackendConnections connections = connections(fixture, 10);
            send(fixture, connections, peer(server), "first");
            Socket accepted = server.accept();
            assertThat(LoopsFixture.read(accepted, 5)).isEqualTo("first");
            String filler = "x".repeat(10_000);
            int queued = 0;
            for (int turn = 0; turn < 10_000 && queued < 30_000; turn++) {
                queued = fixture.on(0, () -> {
                    StreamFlow flow = (StreamFlow) connections.connection(Transport.TCP, peer(server));
                    Recorder.send(flow, filler);
                    fixture.flows.get(0).flush();
                    return flow.queuedBytes();
                });
            }
            assertThat(queued).isBetween(30_000, 64 * 1024);
            accepted.setSoLinger(true, 0);
            accepted.close();
            fixture.awaitEvent("closed RESET");
            // Up to two messages more than counted here may be partly in the kernel's hands.
            assertThat(fixture.recorder.events)
                    .filteredOn(event -> event.startsWith("undelivered CONNECTION_LOST"))
                    .hasSizeBetween(1, queued / 10_000);
        }
    }

    @Test
    void aBackendThatAcceptsAndHangsUpIsGivenAPause() throws Exception {
        try (LoopsFixture fixture = new LoopsFixture(IoMode.best(), 1);
                ServerSocket server = backend("127.0.0.1", 0)) {
            BackendConnections connections = connections(fixture, 10);
            fixture.run(0, () -> connections.warm(Transport.TCP, peer(server)));
            server.accept().close();
            fixture.awaitEvent("closed CLOSED_BY_PEER");
            send(fixture, connections, peer(server), "one");
            fixture.awaitEvent("undelivered NOT_CONNECTED one");
        }
    }

    @Test
    void aConnectionThatServedIsReplacedAtOnce() throws Exception {
        try (LoopsFixture fixture = new LoopsFixture(IoMode.best(), 1);
                ServerSocket server = backend("127.0.0.1", 0)) {
            BackendConnections connections = connections(fixture, 10);
            fixture.run(0, () -> connections.warm(Transport.TCP, peer(server)));
            Socket first = server.accept();
            LoopsFixture.write(first, LoopsFixture.message("a", 0));
            fixture.awaitEvent("message MESSAGE sip:a SIP/2.0");
            first.close();
            fixture.awaitEvent("closed CLOSED_BY_PEER");
            send(fixture, connections, peer(server), "one");
            try (Socket second = server.accept()) {
                assertThat(LoopsFixture.read(second, 3)).isEqualTo("one");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void bothFamiliesAreReached(String address) throws Exception {
        for (IoMode mode : IoMode.values()) {
            try (LoopsFixture fixture = new LoopsFixture(mode, 1);
                    ServerSocket server = backend(address, 0)) {
                BackendConnections connections = connections(fixture, 10);
                send(fixture, connections, peer(server), "hello");
                try (Socket accepted = server.accept()) {
                    assertThat(LoopsFixture.read(accepted, 5)).isEqualTo("hello");
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(IoMode.class)
    void aLocalAddressHasItsOwnConnection(IoMode mode) throws Exception {
        try (LoopsFixture fixture = new LoopsFixture(mode, 1);
                ServerSocket server = backend("127.0.0.1", 0)) {
            BackendConnections connections = connections(fixture, 10);
            IpPort local = IpPort.of(new InetSocketAddress(LoopsFixture.address("127.0.0.2"), 0));
            fixture.run(0, () -> {
                Recorder.send(connections.connection(Transport.TCP, peer(server), local), "from two");
                assertThat(connections.connection(Transport.TCP, peer(server)))
                        .isNotSameAs(connections.connection(Transport.TCP, peer(server), local));
            });
            for (int i = 0; i < 2; i++) {
                try (Socket accepted = server.accept()) {
                    if (accepted.getInetAddress().getHostAddress().equals("127.0.0.2")) {
                        assertThat(LoopsFixture.read(accepted, 8)).isEqualTo("from two");
                    }
                }
            }
        }
    }

    @Test
    void connectionsAreBoundedAndDeadOnesMakeRoom() throws Exception {
        try (LoopsFixture fixture = new LoopsFixture(IoMode.best(), 1);
                ServerSocket one = backend("127.0.0.1", 0);
                ServerSocket two = backend("127.0.0.1", 0)) {
            BackendConnections connections = connections(fixture, 1);
            send(fixture, connections, peer(one), "one");
            send(fixture, connections, peer(two), "two");
            fixture.awaitEvent("undelivered NOT_CONNECTED two");
            try (Socket accepted = one.accept()) {
                assertThat(LoopsFixture.read(accepted, 3)).isEqualTo("one");
            }
            fixture.awaitEvent("closed CLOSED_BY_PEER");
            fixture.ticker.advance(10, TimeUnit.SECONDS);
            send(fixture, connections, peer(two), "three");
            try (Socket accepted = two.accept()) {
                assertThat(LoopsFixture.read(accepted, 5)).isEqualTo("three");
            }
            fixture.run(0, () -> connections.forget(Transport.TCP, peer(two)));
            assertThat(fixture.on(0, connections::size)).isZero();
            await().atMost(LoopsFixture.PATIENCE)
                    .until(() ->
                            fixture.on(0, () -> fixture.flows.get(0).table().size()) == 0);
        }
    }
}
