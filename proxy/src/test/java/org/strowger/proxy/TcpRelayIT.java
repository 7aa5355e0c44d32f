package org.strowger.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.proxy.metrics.BackendCounter;
import org.strowger.proxy.metrics.Counter;
import org.strowger.proxy.proxyprotocol.HeaderVerdict;
import org.strowger.proxy.proxyprotocol.ProxyHeader;
import org.strowger.proxy.proxyprotocol.ProxyHeaderDecoder;
import org.strowger.proxy.proxyprotocol.ProxyHeaderWriter;
import org.strowger.proxy.proxyprotocol.Tlv;
import org.strowger.sip.IpPort;

/** {@code transport = tcp-relay} with real sockets. */
@Timeout(180)
@SuppressWarnings("try") // a server is closed early to play dead
final class TcpRelayIT {

    @TempDir
    Path folder;

    private RelayFixture relay(String pool, ServerSocket... backends) throws IOException {
        return relay("", pool, backends);
    }

    private RelayFixture relay(String listener, String pool, ServerSocket... backends) throws IOException {
        List<String> addresses = new ArrayList<>();
        for (ServerSocket backend : backends) {
            addresses.add(id(backend));
        }
        return new RelayFixture(folder, """
                event-loops = 2
                listeners { raw { transport = tcp-relay, bind = "127.0.0.1:0", pool = p, %s } }
                pools { p { backends = [ "%s" ], health.probe = none, %s } }
                """.formatted(listener, String.join("\", \"", addresses), pool));
    }

    private static String id(ServerSocket backend) {
        return "tcp:127.0.0.1:" + backend.getLocalPort();
    }

    private static void say(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    }

    private static String hear(Socket socket, int length) throws IOException {
        return new String(socket.getInputStream().readNBytes(length), ISO_8859_1);
    }

    @Test
    void eachSideMayEndItsDirectionFirst() throws IOException {
        try (ServerSocket server = RelayFixture.server();
                RelayFixture relay = relay("", server)) {
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
                RelayFixture relay = relay("", server);
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

    private static boolean isReset(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() == 1_000;
        } catch (SocketException reset) {
            return true;
        }
    }

    @Test
    void aLotOfDataComesThroughBothWaysUnchanged() throws Exception {
        int size = 32 << 20;
        try (ServerSocket server = RelayFixture.server();
                RelayFixture relay = relay("", server);
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
                RelayFixture relay = relay("", server);
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
                RelayFixture relay = relay("", server);
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
                RelayFixture relay = relay("idle-timeout = 1s", "", server);
                Socket client = relay.connect("raw");
                Socket backend = RelayFixture.accepted(server)) {
            assertThat(client.getInputStream().read()).isNegative();
            assertThat(backend.getInputStream().read()).isNegative();
            assertThat(relay.count(Counter.RELAY_CLOSED_IDLE)).isEqualTo(1);
        }
    }

    @Test
    void aBackendThatIsNotThereIsPassedOver() throws IOException {
        try (ServerSocket server = RelayFixture.server();
                ServerSocket gone = RelayFixture.server();
                RelayFixture relay = relay("", gone, server)) {
            gone.close();
            for (int i = 0; i < 6; i++) {
                try (Socket client = relay.connect("raw");
                        Socket backend = RelayFixture.accepted(server)) {
                    say(client, "x");
                    assertThat(hear(backend, 1)).isEqualTo("x");
                }
            }
            assertThat(relay.count(Counter.RELAY_RETRIES)).isPositive();
            assertThat(relay.count(id(gone), BackendCounter.CONNECT_FAILURES)).isPositive();
            server.close();
            await().untilAsserted(() -> {
                try (Socket client = relay.connect("raw")) {
                    assertThat(isReset(client)).isTrue();
                }
                assertThat(relay.count(Counter.RELAY_REFUSED_NO_BACKEND)).isPositive();
            });
        }
    }

    @Test
    void aSourceStaysWithItsBackend() throws IOException {
        try (ServerSocket one = RelayFixture.server();
                ServerSocket two = RelayFixture.server();
                ServerSocket three = RelayFixture.server();
                RelayFixture relay = relay("balance = source-ip", one, two, three)) {
            Set<String> used = new HashSet<>();
            for (int host = 1; host <= 20; host++) {
                long[] before = begun(relay, one, two, three);
                for (int i = 0; i < 4; i++) {
                    try (Socket client = new Socket()) {
                        client.bind(new InetSocketAddress("127.0.1." + host, 0));
                        client.connect(relay.strowger.address("raw"));
                        long want = Arrays.stream(before).sum() + i + 1;
                        await().until(() ->
                                Arrays.stream(begun(relay, one, two, three)).sum() == want);
                    }
                }
                long[] after = begun(relay, one, two, three);
                List<Integer> moved = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    if (after[i] != before[i]) {
                        moved.add(i);
                    }
                }
                assertThat(moved).hasSize(1);
                used.add(moved.toString());
            }
            assertThat(used).hasSizeGreaterThan(1);
        }
    }

    private static long[] begun(RelayFixture relay, ServerSocket... servers) {
        return Arrays.stream(servers)
                .mapToLong(server -> relay.count(id(server), BackendCounter.RELAYS_BEGUN))
                .toArray();
    }

    @Test
    void leastConnectionsEvensOut() throws IOException {
        try (ServerSocket one = RelayFixture.server();
                ServerSocket two = RelayFixture.server();
                RelayFixture relay = relay("balance = least-connections", one, two)) {
            List<Socket> open = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                open.add(relay.connect("raw"));
                long want = i + 1L;
                await().until(() -> Arrays.stream(begun(relay, one, two)).sum() == want);
            }
            assertThat(begun(relay, one, two)).containsExactly(10, 10);
            for (Socket socket : open) {
                socket.close();
            }
        }
    }

    @Test
    void connectionsAreLimited() throws IOException {
        try (ServerSocket server = RelayFixture.server();
                RelayFixture relay = relay("max-connections = 2", "", server);
                Socket first = relay.connect("raw");
                Socket second = relay.connect("raw");
                Socket atBackend = RelayFixture.accepted(server);
                Socket alsoAtBackend = RelayFixture.accepted(server)) {
            try (Socket third = relay.connect("raw")) {
                assertThat(isReset(third)).isTrue();
            }
            say(first, "a");
            say(second, "b");
            assertThat(Set.of(hear(atBackend, 1), hear(alsoAtBackend, 1))).isEqualTo(Set.of("a", "b"));
            assertThat(relay.count(Counter.RELAY_REFUSED_FULL)).isEqualTo(1);
        }
    }

    @Test
    void aBackendIsToldWhoTheClientIsInBothVersions() throws IOException {
        for (String version : List.of("v1", "v2")) {
            try (ServerSocket server = RelayFixture.server();
                    RelayFixture relay = relay("send-proxy-protocol = " + version, server);
                    Socket client = relay.connect("raw");
                    Socket backend = RelayFixture.accepted(server)) {
                say(client, "payload");
                client.shutdownOutput();
                byte[] all = backend.getInputStream().readAllBytes();
                ProxyHeader header = header(all);
                assertThat(header.source().toSocketAddress()).isEqualTo(client.getLocalSocketAddress());
                assertThat(header.destination().toSocketAddress()).isEqualTo(relay.strowger.address("raw"));
                assertThat(rest(all, header)).isEqualTo("payload");
            }
        }
    }

    private static ProxyHeader header(byte[] bytes) {
        ProxyHeader header = new ProxyHeader();
        assertThat(new ProxyHeaderDecoder().decode(bytes, 0, bytes.length, header))
                .isEqualTo(HeaderVerdict.COMPLETE);
        return header;
    }

    private static String rest(byte[] bytes, ProxyHeader header) {
        return new String(bytes, header.length(), bytes.length - header.length(), ISO_8859_1);
    }

    @Test
    void whatTheProxyInFrontSaysIsPassedOn() throws IOException {
        try (ServerSocket server = RelayFixture.server();
                RelayFixture relay =
                        relay("proxy-protocol { from = \"127.0.0.0/8\" }", "send-proxy-protocol = v2", server);
                Socket client = relay.connect("raw");
                Socket backend = RelayFixture.accepted(after(client, server))) {
            client.shutdownOutput();
            byte[] all = backend.getInputStream().readAllBytes();
            ProxyHeader header = header(all);
            assertThat(header.source()).hasToString("198.51.100.7:4000");
            assertThat(header.destination()).hasToString("203.0.113.1:443");
            assertThat(rest(all, header)).isEqualTo("payload");
        }
    }

    /** Sends a header and a payload, so that there is a connection to accept. */
    private static ServerSocket after(Socket client, ServerSocket server) throws IOException {
        ProxyHeaderWriter writer = new ProxyHeaderWriter();
        int length = writer.begin(
                        ProxyHeaderWriter.Payload.STREAM,
                        IpPort.of(new InetSocketAddress("198.51.100.7", 4000)),
                        IpPort.of(new InetSocketAddress("203.0.113.1", 443)))
                .tlv(Tlv.ALPN, "h2")
                .end();
        client.getOutputStream().write(writer.bytes(), 0, length);
        client.getOutputStream().write("payload".getBytes(US_ASCII));
        return server;
    }

    @Test
    void tlsPassesThroughToThePoolOfTheHostAskedFor() throws Exception {
        try (ServerSocket a = RelayFixture.server();
                ServerSocket b = RelayFixture.server();
                RelayFixture relay = new RelayFixture(folder, """
                        listeners {
                          raw {
                            transport = tcp-relay, bind = "127.0.0.1:0"
                            sni { "a.example.com" = a, "*.b.example" = b }
                          }
                        }
                        pools {
                          a { backends = [ "%s" ], health.probe = none }
                          b { backends = [ "%s" ], health.probe = none, send-proxy-protocol = v2 }
                        }
                        """.formatted(id(a), id(b)))) {
            assertThat(helloAt(a, relay, "A.example.com")[0]).isEqualTo((byte) 22);
            byte[] atB = helloAt(b, relay, "x.y.b.example");
            ProxyHeader header = header(atB);
            assertThat(header.tlv(Tlv.AUTHORITY).orElseThrow()).isEqualTo("x.y.b.example".getBytes(US_ASCII));
            assertThat(rest(atB, header).charAt(0)).isEqualTo((char) 22);
            try (Socket plain = relay.connect("raw")) {
                say(plain, "GET / HTTP/1.1\r\nHost: a.example.com\r\n\r\n");
                assertThat(isClosed(plain)).isTrue();
            }
            try (SSLSocket other = hello(relay, "c.example.com")) {
                assertThat(isClosed(other)).isTrue();
            }
            await().untilAsserted(() ->
                    assertThat(relay.count(Counter.RELAY_REFUSED_NO_ROUTE)).isEqualTo(2));
        }
    }

    private static boolean isClosed(Socket socket) {
        try {
            if (socket instanceof SSLSocket tls) {
                tls.startHandshake();
            }
            while (socket.getInputStream().read() >= 0) {
                // An alert may come first.
            }
            return true;
        } catch (IOException closed) {
            return true;
        }
    }

    private static SSLSocket hello(RelayFixture relay, String host) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, null, null);
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket();
        socket.connect(relay.strowger.address("raw"));
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(host)));
        socket.setSSLParameters(parameters);
        return socket;
    }

    /** What a backend sees of a client that begins TLS with that name. */
    private static byte[] helloAt(ServerSocket server, RelayFixture relay, String host) throws Exception {
        SSLSocket client = hello(relay, host);
        Thread shaking = new Thread(() -> {
            try (client) {
                client.startHandshake();
            } catch (IOException expected) {
                // The backend speaks no TLS.
            }
        });
        shaking.start();
        try (Socket backend = RelayFixture.accepted(server)) {
            ByteBuffer seen = ByteBuffer.allocate(16_384);
            InputStream in = backend.getInputStream();
            byte[] block = new byte[4096];
            while (seen.position() < 250) {
                int read = in.read(block);
                assertThat(read).isPositive();
                seen.put(block, 0, read);
            }
            return Arrays.copyOf(seen.array(), seen.position());
        } finally {
            shaking.join();
        }
    }
}
