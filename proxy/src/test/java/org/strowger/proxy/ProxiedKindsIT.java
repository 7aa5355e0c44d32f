package org.strowger.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.strowger.proxy.metrics.BackendCounter;
import org.strowger.proxy.metrics.Counter;
import org.strowger.proxy.proxyprotocol.ProxyHeaderWriter;
import org.strowger.proxy.tls.JdkTls;
import org.strowger.proxy.tls.TestAuthority;
import org.strowger.sip.IpPort;

/** Every kind of listener takes a header of the PROXY protocol from the named network, insists on it, and believes nobody else. */
@Timeout(120)
final class ProxiedKindsIT {
    private static final TestAuthority AUTHORITY = new TestAuthority("authority");
    private static final String NAMED = "127.0.1.1";
    private static final String OTHER = "127.0.2.1";
    private static final IpPort CLIENT = IpPort.of(new InetSocketAddress("198.51.100.7", 4000));
    private static final String TERMS = "proxy-protocol { from = \"127.0.1.0/24\", others = refuse }";

    /** Kinds of listeners for connections. */
    private enum Kind {
        TCP("transport = tcp"),
        TLS("transport = tls, tls = front"),
        WS("transport = ws"),
        WSS("transport = wss, tls = front"),
        RELAY("transport = tcp-relay, pool = p"),
        RELAY_TLS("transport = tcp-relay, pool = p, tls = front"),
        RELAY_SNI("transport = tcp-relay, pool = p, sni { \"a.example.com\" = p }");

        private final String settings;

        Kind(String settings) {
            this.settings = settings;
        }
    }

    @TempDir
    Path folder;

    private ServerSocket server;
    private DatagramSocket datagrams;
    private Operated proxy;

    @BeforeEach
    void start() throws IOException {
        AUTHORITY.issue("ip:127.0.0.1", "dns:localhost").write(folder, "front");
        server = RelayFixture.server();
        datagrams = new DatagramSocket(0, RelayFixture.LOOPBACK);
        datagrams.setSoTimeout(RelayFixture.PATIENCE_MILLIS);
        StringBuilder config = new StringBuilder(
                """
                tls.front { certificate = "front.pem", key = "front.key" }
                pools.p { backends = ["tcp:127.0.0.1:%d"], health.probe = none }
                pools.u { backends = ["udp:127.0.0.1:%d"] }
                pools.s { backends = ["udp:127.0.0.1:9"], health.probe = none }
                pools.h { backends = ["http:127.0.0.1:%d"], health.probe = none }
                rules = [ { path = "/", source = "198.51.100.0/24", pool = h }, { source = "198.51.100.0/24", pool = s } ]
                """.formatted(server.getLocalPort(), datagrams.getLocalPort(), server.getLocalPort()));
        for (Kind kind : Kind.values()) {
            config.append("listeners.%s { %s, bind = \"127.0.0.1:0\", %s }\n".formatted(kind, kind.settings, TERMS));
        }
        config.append("listeners.udp { transport = udp, bind = \"127.0.0.1:0\", %s }\n".formatted(TERMS));
        config.append("listeners.udp-relay { transport = udp-relay, pool = u, bind = \"127.0.0.1:0\", %s }\n"
                .formatted(TERMS));
        proxy = new Operated(folder, config.toString());
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        server.close();
        datagrams.close();
    }

    private Socket connect(Kind kind, String from) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(from, 0));
        socket.setSoTimeout(RelayFixture.PATIENCE_MILLIS);
        socket.connect(proxy.strowger.address(kind.toString()));
        return socket;
    }

    private static byte[] header(boolean text, ProxyHeaderWriter.Payload payload) {
        ProxyHeaderWriter writer = new ProxyHeaderWriter();
        IpPort to = IpPort.of(new InetSocketAddress("203.0.113.1", 443));
        int length = text
                ? writer.text(CLIENT, to)
                : writer.begin(payload, CLIENT, to).end();
        return Arrays.copyOf(writer.bytes(), length);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aHeaderOfTheNamedNetworkComesBeforeEverythingElse(Kind kind) throws Exception {
        for (boolean text : new boolean[] {true, false}) {
            try (Socket socket = connect(kind, NAMED)) {
                socket.getOutputStream().write(header(text, ProxyHeaderWriter.Payload.STREAM));
                speaks(kind, socket);
            }
        }
        assertThat(proxy.count(Counter.PROXY_PROTOCOL_V1)).isEqualTo(1);
        assertThat(proxy.count(Counter.PROXY_PROTOCOL_V2)).isEqualTo(1);
    }

    private void speaks(Kind kind, Socket socket) throws Exception {
        switch (kind) {
            case TCP -> keepsAlive(socket);
            case TLS -> keepsAlive(encrypted(socket));
            case WS -> asks(socket);
            case WSS -> asks(encrypted(socket));
            case RELAY -> relays(socket);
            case RELAY_TLS -> relays(encrypted(socket));
            case RELAY_SNI -> passes(socket);
        }
    }

    private static SSLSocket encrypted(Socket socket) throws IOException {
        SSLSocket client = (SSLSocket) JdkTls.context(AUTHORITY, Optional.empty())
                .getSocketFactory()
                .createSocket(socket, "localhost", socket.getPort(), true);
        client.startHandshake();
        return client;
    }

    private static void keepsAlive(Socket socket) throws IOException {
        socket.getOutputStream().write("\r\n\r\n".getBytes(US_ASCII));
        assertThat(socket.getInputStream().readNBytes(2)).isEqualTo(new byte[] {'\r', '\n'});
    }

    /** The rule and the field see the client that the header names. */
    private void asks(Socket socket) throws IOException {
        socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(US_ASCII));
        try (Socket backend = RelayFixture.accepted(server)) {
            assertThat(Operated.head(backend)).containsIgnoringCase("X-Forwarded-For: 198.51.100.7\r\n");
        }
    }

    private void relays(Socket socket) throws IOException {
        socket.getOutputStream().write('x');
        try (Socket backend = RelayFixture.accepted(server)) {
            assertThat(backend.getInputStream().read()).isEqualTo('x');
        }
    }

    /** TLS is still unread at the backend, which does not speak it. */
    private void passes(Socket socket) throws Exception {
        Thread shaking = new Thread(() -> {
            try {
                encrypted(socket);
            } catch (IOException expected) {
                // The backend does not answer.
            }
        });
        shaking.start();
        try (Socket backend = RelayFixture.accepted(server)) {
            assertThat(backend.getInputStream().read()).isEqualTo(22);
        }
        shaking.join();
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void theNamedNetworkMustNotLeaveItOut(Kind kind) throws Exception {
        try (Socket socket = connect(kind, NAMED)) {
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(US_ASCII));
            assertThat(Operated.isOver(socket)).isTrue();
        }
        await().until(() -> proxy.count(Counter.PROXY_PROTOCOL_NO_HEADER) == 1);
        assertThat(begun()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void nobodyElseIsBelieved(Kind kind) throws Exception {
        try (Socket socket = connect(kind, OTHER)) {
            assertThat(Operated.isOver(socket)).isTrue();
        }
        await().until(() -> proxy.count(Counter.PROXY_PROTOCOL_STRANGER) == 1);
        assertThat(proxy.count(Counter.PROXY_PROTOCOL_V1) + proxy.count(Counter.PROXY_PROTOCOL_V2))
                .isZero();
        assertThat(begun()).isZero();
    }

    private long begun() {
        return proxy.count("tcp:127.0.0.1:" + server.getLocalPort(), BackendCounter.RELAYS_BEGUN)
                + proxy.count("http:127.0.0.1:" + server.getLocalPort(), BackendCounter.REQUESTS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"udp", "udp-relay"})
    void datagramsAreHeldToTheSame(String listener) throws Exception {
        byte[] header = header(false, ProxyHeaderWriter.Payload.DATAGRAM);
        byte[] whole = Arrays.copyOf(header, header.length + 4);
        System.arraycopy("\r\n\r\n".getBytes(US_ASCII), 0, whole, header.length, 4);
        try (DatagramSocket named = new DatagramSocket(new InetSocketAddress(NAMED, 0));
                DatagramSocket other = new DatagramSocket(new InetSocketAddress(OTHER, 0))) {
            InetSocketAddress to = proxy.strowger.address(listener);
            other.send(new DatagramPacket(whole, whole.length, to));
            await().until(() -> proxy.count(Counter.PROXY_PROTOCOL_STRANGER) == 1);
            named.send(new DatagramPacket(whole, header.length, 4, to));
            named.send(new DatagramPacket(new byte[] {'\r', '\n', '\r', '\n'}, 4, to));
            await().until(() ->
                    proxy.count(Counter.PROXY_PROTOCOL_NO_HEADER) + proxy.count(Counter.PROXY_PROTOCOL_INCOMPLETE)
                            == 2);
            assertThat(proxy.count(Counter.PROXY_PROTOCOL_V2)).isZero();
            named.send(new DatagramPacket(whole, whole.length, to));
            await().until(() -> proxy.count(Counter.PROXY_PROTOCOL_V2) == 1);
            if (listener.equals("udp-relay")) {
                DatagramPacket packet = new DatagramPacket(new byte[100], 100);
                datagrams.receive(packet);
                assertThat(packet.getLength()).isEqualTo(4);
            } else {
                await().until(() -> proxy.count(Counter.KEEP_ALIVE_CRLF) == 1);
            }
        }
    }
}
