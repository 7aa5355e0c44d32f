package org.strowger.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.strowger.proxy.RelayFixture.hear;
import static org.strowger.proxy.RelayFixture.id;
import static org.strowger.proxy.RelayFixture.isReset;
import static org.strowger.proxy.RelayFixture.say;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.proxy.metrics.BackendCounter;
import org.strowger.proxy.metrics.Counter;

/** {@code transport = tcp-relay} with real sockets: what passes between both ends, and how they end. */
@Timeout(180)
@SuppressWarnings("try") // a server is closed early to play dead
final class TcpRelayIT {

    @TempDir
    Path folder;

    @Test
    void eachSideMayEndItsDirectionFirst() throws IOException {
        try (ServerSocket server = RelayFixture.server();
                RelayFixture relay = RelayFixture.tcp(folder, "", "", server)) {
            for (boolean clientFirst : new boolean[] {true, false}) {
                try (Socket client = relay.connect("raw");
                        Socket backend = RelayFixture.accepted(server)) {
                    Socket first = clientFirst ? client : backend;
                    Socket second = clientFirst ? backend : client;
                    say(first, "request");
                    first.shutdownOutput();
                    assertThat(new String(second.getInputStream().readAllBytes(), ISO_8859_1))
                            .isEqualTo("request");
                    say(second, "answer after the end");
                    second.shutdownOutput();
                    assertThat(new String(first.getInputStream().readAllBytes(), ISO_8859_1))
                            .isEqualTo("answer after the end");
                }
            }
            await().untilAsserted(() ->
                    assertThat(relay.count(Counter.RELAY_CLOSED_DONE)).isEqualTo(2));
            assertThat(relay.count(id(server), BackendCounter.RELAYED_TO)).isEqualTo(7 + 20);
            assertThat(relay.count(id(server), BackendCounter.RELAYED_FROM)).isEqualTo(7 + 20);
            assertThat(relay.count(id(server), BackendCounter.RELAYS_ENDED)).isEqualTo(2);
        }
    }

    @Test
    void aResetOfOneSideResetsTheOther() throws IOException {
        try (ServerSocket server = RelayFixture.server();
                RelayFixture relay = RelayFixture.tcp(folder, "", "", server);
                Socket client = relay.connect("raw");
                Socket backend = RelayFixture.accepted(server)) {
            say(client, "x");
            assertThat(hear(backend, 1)).isEqualTo("x");
            backend.setSoLinger(true, 0);
            backend.close();
            assertThat(isReset(client)).isTrue();
            await().untilAsserted(() ->
                    assertThat(relay.count(Counter.RELAY_CLOSED_BY_BACKEND)).isEqualTo(1));
        }
    }

    @Test
    void aLotOfDataComesThroughBothWaysUnchanged() throws Exception {
        int size = 32 << 20;
        try (ServerSocket server = RelayFixture.server();
                RelayFixture relay = RelayFixture.tcp(folder, "", "", server);
                Socket client = relay.connect("raw");
                Socket backend = RelayFixture.accepted(server)) {
            // A thread for each: any of them may wait for any other.
            Executor threads = task -> new Thread(task).start();
            CompletableFuture<Void> sendUp = CompletableFuture.runAsync(() -> send(client, 1, size), threads);
            CompletableFuture<Void> sendDown = CompletableFuture.runAsync(() -> send(backend, 2, size), threads);
            CompletableFuture<Long> up = CompletableFuture.supplyAsync(() -> sum(backend), threads);
            assertThat(sum(client)).isEqualTo(expected(2, size));
            assertThat(up.get()).isEqualTo(expected(1, size));
            sendUp.get();
            sendDown.get();
        }
    }

    private static void send(Socket socket, long seed, int size) {
        try {
            OutputStream out = socket.getOutputStream();
            SplittableRandom random = new SplittableRandom(seed);
            byte[] block = new byte[64 * 1024];
            for (int sent = 0; sent < size; sent += block.length) {
                random.nextBytes(block);
                out.write(block);
            }
            socket.shutdownOutput();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static long sum(Socket socket) {
        try {
            InputStream in = socket.getInputStream();
            long sum = 0;
            byte[] block = new byte[64 * 1024];
            for (int read = in.read(block); read >= 0; read = in.read(block)) {
                for (int i = 0; i < read; i++) {
                    sum = sum * 31 + block[i];
                }
            }
            return sum;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static long expected(long seed, int size) {
        SplittableRandom random = new SplittableRandom(seed);
        long sum = 0;
        byte[] block = new byte[64 * 1024];
        for (int sent = 0; sent < size; sent += block.length) {
            random.nextBytes(block);
            for (byte b : block) {
                sum = sum * 31 + b;
            }
        }
        return sum;
    }

    @Test
    void whoHasEndedItsOwnSideStillGetsEverythingHoweverSlowly() throws Exception {
        int size = 32 << 20;
        try (ServerSocket server = RelayFixture.server();
                RelayFixture relay = RelayFixture.tcp(folder, "", "", server);
                Socket client = relay.connect("raw");
                Socket backend = RelayFixture.accepted(server)) {
            say(client, "request");
            client.shutdownOutput();
            assertThat(new String(backend.getInputStream().readAllBytes(), ISO_8859_1))
                    .isEqualTo("request");
            CompletableFuture<Void> sending =
                    CompletableFuture.runAsync(() -> send(backend, 3, size), task -> new Thread(task).start());
            // The relay has filled the client's connection, and waits.
            await().until(() -> relay.count(id(server), BackendCounter.RELAYED_FROM) > 64 * 1024);
            assertThat(sum(client)).isEqualTo(expected(3, size));
            sending.get();
        }
    }

    @Test
    void aSlowReaderStopsItsWriterAndHoldsLittle() throws IOException {
        try (ServerSocket server = RelayFixture.server();
                RelayFixture relay = RelayFixture.tcp(folder, "", "", server);
                Socket client = relay.connect("raw");
                Socket backend = RelayFixture.accepted(server)) {
            // Nobody reads at the client: what the backend gets rid of is what the kernels and the relay hold.
            long stuckAt = writeUntilStuck(backend, relay, id(server));
            long relayed = relay.count(id(server), BackendCounter.RELAYED_FROM);
            assertThat(relayed).isLessThan(24L << 20);
            assertThat(stuckAt).isGreaterThan(0);
            // It goes on where it was.
            long rest = stuckAt;
            InputStream in = client.getInputStream();
            byte[] block = new byte[64 * 1024];
            while (rest > 0) {
                int read = in.read(block, 0, (int) Math.min(block.length, rest));
                assertThat(read).isPositive();
                rest -= read;
            }
        }
    }

    /** Writes in a thread of its own until nothing moves for a moment. Returns what the relay had read by then. */
    private static long writeUntilStuck(Socket backend, RelayFixture relay, String id) {
        Thread writer = new Thread(() -> {
            byte[] block = new byte[64 * 1024];
            try {
                while (true) {
                    backend.getOutputStream().write(block);
                }
            } catch (IOException closed) {
                // The test is over.
            }
        });
        writer.setDaemon(true);
        writer.start();
        long[] last = {-1};
        await().pollInterval(java.time.Duration.ofMillis(500))
                .atMost(java.time.Duration.ofSeconds(60))
                .until(() -> {
                    long now = relay.count(id, BackendCounter.RELAYED_FROM);
                    boolean stuck = now > 0 && now == last[0];
                    last[0] = now;
                    return stuck;
                });
        return last[0];
    }

    @Test
    void anIdleConnectionIsClosed() throws IOException {
        try (ServerSocket server = RelayFixture.server();
                RelayFixture relay = RelayFixture.tcp(folder, "idle-timeout = 1s", "", server);
                Socket client = relay.connect("raw");
                Socket backend = RelayFixture.accepted(server)) {
            assertThat(client.getInputStream().read()).isNegative();
            assertThat(backend.getInputStream().read()).isNegative();
            assertThat(relay.count(Counter.RELAY_CLOSED_IDLE)).isEqualTo(1);
        }
    }
}
