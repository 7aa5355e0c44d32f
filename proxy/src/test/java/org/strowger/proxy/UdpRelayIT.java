package org.strowger.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.proxy.metrics.BackendCounter;
import org.strowger.proxy.metrics.Counter;
import org.strowger.proxy.proxyprotocol.HeaderVerdict;
import org.strowger.proxy.proxyprotocol.ProxyHeader;
import org.strowger.proxy.proxyprotocol.ProxyHeaderDecoder;
import org.strowger.proxy.proxyprotocol.ProxyHeaderWriter;
import org.strowger.sip.IpPort;

/** {@code transport = udp-relay} with real sockets. */
@Timeout(120)
@SuppressWarnings("try") // a server is closed early to play dead
final class UdpRelayIT {

    @TempDir
    Path folder;

    private RelayFixture relay(String listener, String pool, DatagramSocket... backends) throws IOException {
        List<String> addresses = new ArrayList<>();
        for (DatagramSocket backend : backends) {
            addresses.add(id(backend));
        }
        return new RelayFixture(folder, """
                event-loops = 1
                listeners { raw { transport = udp-relay, bind = "127.0.0.1:0", pool = p, %s } }
                pools { p { backends = [ "%s" ], %s } }
                """.formatted(listener, String.join("\", \"", addresses), pool));
    }

    private static String id(DatagramSocket backend) {
        return "udp:127.0.0.1:" + backend.getLocalPort();
    }

    private static DatagramSocket socket() throws IOException {
        DatagramSocket socket = new DatagramSocket(0, RelayFixture.LOOPBACK);
        socket.setSoTimeout(RelayFixture.PATIENCE_MILLIS);
        return socket;
    }

    private static void send(DatagramSocket from, String text, SocketAddress to) throws IOException {
        byte[] bytes = text.getBytes(ISO_8859_1);
        from.send(new DatagramPacket(bytes, bytes.length, to));
    }

    private static DatagramPacket receive(DatagramSocket at) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
        at.receive(packet);
        return packet;
    }

    private static String text(DatagramPacket packet) {
        return new String(packet.getData(), 0, packet.getLength(), ISO_8859_1);
    }

    @Test
    void eachClientHasItsOwnFlowAndAnswersFindTheWayBack() throws IOException {
        try (DatagramSocket server = socket();
                RelayFixture relay = relay("", "", server);
                DatagramSocket one = socket();
                DatagramSocket two = socket()) {
            SocketAddress to = relay.strowger.address("raw");
            send(one, "from one", to);
            DatagramPacket first = receive(server);
            send(two, "from two", to);
            DatagramPacket second = receive(server);
            assertThat(text(first)).isEqualTo("from one");
            assertThat(text(second)).isEqualTo("from two");
            assertThat(first.getSocketAddress()).isNotEqualTo(second.getSocketAddress());
            send(server, "to two", second.getSocketAddress());
            send(server, "to one", first.getSocketAddress());
            send(server, "again", first.getSocketAddress());
            assertThat(text(receive(two))).isEqualTo("to two");
            DatagramPacket answer = receive(one);
            assertThat(text(answer)).isEqualTo("to one");
            assertThat(answer.getSocketAddress()).isEqualTo(to);
            assertThat(text(receive(one))).isEqualTo("again");
            send(one, "x".repeat(20_000), to);
            DatagramPacket large = receive(server);
            assertThat(large.getLength()).isEqualTo(20_000);
            assertThat(large.getSocketAddress()).isEqualTo(first.getSocketAddress());
            assertThat(relay.count(Counter.RELAY_FLOW_BEGUN)).isEqualTo(2);
        }
    }

    @Test
    void flowsAreBoundedAndTheOldestGoes() throws IOException {
        try (DatagramSocket server = socket();
                RelayFixture relay = relay("max-connections = 3", "", server)) {
            SocketAddress to = relay.strowger.address("raw");
            List<DatagramSocket> clients = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                clients.add(socket());
                send(clients.get(i), "x", to);
                receive(server);
            }
            assertThat(relay.count(Counter.RELAY_FLOW_EVICTED)).isEqualTo(2);
            assertThat(relay.count(id(server), BackendCounter.RELAYS_BEGUN)).isEqualTo(5);
            assertThat(relay.count(id(server), BackendCounter.RELAYS_ENDED)).isEqualTo(2);
            clients.forEach(DatagramSocket::close);
        }
    }

    @Test
    void aSilentFlowIsForgotten() throws IOException {
        try (DatagramSocket server = socket();
                RelayFixture relay = relay("flow-timeout = 1s", "", server);
                DatagramSocket client = socket()) {
            send(client, "x", relay.strowger.address("raw"));
            receive(server);
            await().untilAsserted(() ->
                    assertThat(relay.count(Counter.RELAY_FLOW_EXPIRED)).isEqualTo(1));
        }
    }

    @Test
    void aFlowWhoseBackendIsDeadGoesToAnotherOne() throws IOException {
        try (DatagramSocket one = socket();
                DatagramSocket two = socket();
                RelayFixture relay = relay("", "balance = source-ip", one, two);
                DatagramSocket client = socket()) {
            SocketAddress to = relay.strowger.address("raw");
            send(client, "first", to);
            one.setSoTimeout(300);
            DatagramSocket alive;
            try {
                receive(one);
                one.close();
                alive = two;
            } catch (SocketTimeoutException atTheOther) {
                assertThat(text(receive(two))).isEqualTo("first");
                two.close();
                alive = one;
            }
            alive.setSoTimeout(200);
            DatagramSocket other = alive;
            await().ignoreExceptions().untilAsserted(() -> {
                send(client, "more", to);
                assertThat(text(receive(other))).isEqualTo("more");
            });
            assertThat(relay.count(Counter.RELAY_FLOW_MOVED)).isPositive();
        }
    }

    @Test
    void sourcesStayTogetherAndAreSpread() throws IOException {
        try (DatagramSocket one = socket();
                DatagramSocket two = socket();
                RelayFixture relay = relay("", "balance = source-ip", one, two)) {
            Set<Long> seen = new HashSet<>();
            for (int host = 1; host <= 16; host++) {
                long before = relay.count(id(one), BackendCounter.RELAYS_BEGUN);
                for (int i = 0; i < 4; i++) {
                    try (DatagramSocket client = new DatagramSocket(new InetSocketAddress("127.0.1." + host, 0))) {
                        send(client, "x", relay.strowger.address("raw"));
                        long want = 4L * (host - 1) + i + 1;
                        await().until(() -> relay.count(Counter.RELAY_FLOW_BEGUN) == want);
                    }
                }
                seen.add(relay.count(id(one), BackendCounter.RELAYS_BEGUN) - before);
            }
            assertThat(seen).containsExactlyInAnyOrder(0L, 4L);
        }
    }

    @Test
    void eachDatagramTellsWhoTheClientIs() throws IOException {
        try (DatagramSocket server = socket();
                RelayFixture relay =
                        relay("proxy-protocol { from = \"127.0.0.1\" }", "send-proxy-protocol = v2", server);
                DatagramSocket front = socket()) {
            IpPort client = IpPort.of(new InetSocketAddress("198.51.100.7", 4000));
            ProxyHeaderWriter writer = new ProxyHeaderWriter();
            int length = writer.begin(
                            ProxyHeaderWriter.Payload.DATAGRAM, client, IpPort.of(relay.strowger.address("raw")))
                    .end();
            String in = new String(writer.bytes(), 0, length, ISO_8859_1);
            for (int i = 0; i < 2; i++) {
                send(front, in + "payload", relay.strowger.address("raw"));
                DatagramPacket packet = receive(server);
                byte[] bytes = Arrays.copyOf(packet.getData(), packet.getLength());
                ProxyHeader header = new ProxyHeader();
                assertThat(new ProxyHeaderDecoder().decode(bytes, 0, bytes.length, header))
                        .isEqualTo(HeaderVerdict.COMPLETE);
                assertThat(header.source()).isEqualTo(client);
                assertThat(text(packet).substring(header.length())).isEqualTo("payload");
                send(server, "answer", packet.getSocketAddress());
                assertThat(text(receive(front))).isEqualTo("answer");
            }
            send(front, "bare", relay.strowger.address("raw"));
            await().untilAsserted(() ->
                    assertThat(relay.count(Counter.PROXY_PROTOCOL_NO_HEADER)).isEqualTo(1));
        }
    }
}
