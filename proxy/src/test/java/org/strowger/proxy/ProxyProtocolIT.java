package org.strowger.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.proxy.config.Loading;
import org.strowger.proxy.metrics.Counter;
import org.strowger.proxy.proxyprotocol.ProxyHeaderWriter;
import org.strowger.sip.IpPort;
import org.strowger.sip.cookie.ClusterKey;

/** SIP behind a proxy that speaks the PROXY protocol, over TCP and UDP, with real sockets. */
@Timeout(120)
final class ProxyProtocolIT {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final IpPort CLIENT = IpPort.of(new InetSocketAddress("198.51.100.7", 40_000));
    private static final IpPort FRONT = IpPort.of(new InetSocketAddress("203.0.113.1", 5060));

    private DatagramSocket backend;
    private Strowger strowger;

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        backend = new DatagramSocket(0, LOOPBACK);
        backend.setSoTimeout(10_000);
        Keys keys = new Keys(ClusterKey.of(new byte[ClusterKey.LENGTH]), Optional.empty());
        strowger = Strowger.start(
                Loading.in(folder).loaded("""
                event-loops = 2
                listeners {
                  udp { transport = udp, bind = "127.0.0.1:0", proxy-protocol { from = "127.0.0.1" } }
                  tcp { transport = tcp, bind = "127.0.0.1:0", proxy-protocol { from = "127.0.0.1", timeout = 300ms } }
                  elsewhere { transport = tcp, bind = "127.0.0.1:0", proxy-protocol { from = "10.0.0.0/8", others = refuse } }
                }
                pools { p { backends = [ "udp:127.0.0.1:%d" ], health.probe = none, redispatch.budget = 0%% } }
                rules = [ { source = "198.51.100.0/24", pool = p }, { reject = 403 } ]
                """.formatted(backend.getLocalPort())), keys, new SplittableRandom(1));
    }

    @AfterEach
    void stop() {
        strowger.close();
        backend.close();
    }

    private static String invite(String transport, String call) {
        return """
                INVITE sip:bob@example.com SIP/2.0
                Via: SIP/2.0/%s 192.168.1.5:5062;rport;branch=z9hG4bK%s
                Max-Forwards: 70
                From: <sip:alice@example.com>;tag=a
                To: <sip:bob@example.com>
                Call-ID: %s
                CSeq: 1 INVITE
                Contact: <sip:alice@192.168.1.5:5062>
                Content-Length: 0

                """.formatted(transport, call, call).replace("\n", "\r\n");
    }

    private static byte[] header(ProxyHeaderWriter.Payload payload) {
        ProxyHeaderWriter writer = new ProxyHeaderWriter();
        return Arrays.copyOf(
                writer.bytes(), writer.begin(payload, CLIENT, FRONT).endWithChecksum());
    }

    private static byte[] joined(byte[] first, String second) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(first);
        out.writeBytes(second.getBytes(ISO_8859_1));
        return out.toByteArray();
    }

    private static String receive(DatagramSocket socket) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
        socket.receive(packet);
        return new String(packet.getData(), 0, packet.getLength(), ISO_8859_1);
    }

    /** The 200 of a backend that has received this. */
    private void answer(String request) throws IOException {
        String head = request.substring(request.indexOf("\r\n") + 2);
        String response = "SIP/2.0 200 OK\r\n"
                + head.replaceAll("(?m)^(Max-Forwards|Contact):.*\r\n", "")
                        .replace("To: <sip:bob@example.com>", "To: <sip:bob@example.com>;tag=b")
                        .replace("Content-Length: 0", "Contact: <sip:bob@127.0.0.1>\r\nContent-Length: 0");
        byte[] bytes = response.getBytes(ISO_8859_1);
        backend.send(new DatagramPacket(bytes, bytes.length, viaOf(request)));
    }

    private static InetSocketAddress viaOf(String request) {
        Matcher via = Pattern.compile("Via: SIP/2.0/UDP ([0-9.]+):([0-9]+)").matcher(request);
        assertThat(via.find()).isTrue();
        return new InetSocketAddress(via.group(1), Integer.parseInt(via.group(2)));
    }

    /** A BYE of the backend in the dialog that its INVITE began. */
    private static String bye(String invite) {
        StringBuilder routes = new StringBuilder();
        Pattern.compile("(?m)^Record-Route: (.*)\r\n")
                .matcher(invite)
                .results()
                .forEach(
                        found -> routes.append("Route: ").append(found.group(1)).append("\r\n"));
        Matcher call = Pattern.compile("Call-ID: (.*)\r\n").matcher(invite);
        assertThat(call.find()).isTrue();
        return "BYE sip:alice@192.168.1.5:5062 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:" + 9
                + ";branch=z9hG4bKbye\r\n" + routes
                + "Max-Forwards: 70\r\nFrom: <sip:bob@example.com>;tag=b\r\nTo: <sip:alice@example.com>;tag=a\r\nCall-ID: "
                + call.group(1) + "\r\nCSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n";
    }

    @Test
    void aCallOverUdpSeesTheGivenAddressAndIsAnsweredThroughTheProxy() throws IOException {
        try (DatagramSocket front = new DatagramSocket(0, LOOPBACK)) {
            front.setSoTimeout(10_000);
            byte[] datagram = joined(header(ProxyHeaderWriter.Payload.DATAGRAM), invite("UDP", "udp1"));
            front.send(new DatagramPacket(datagram, datagram.length, strowger.address("udp")));
            String arrived = receive(backend);
            assertThat(arrived).contains(";rport=40000;").contains(";received=198.51.100.7");
            answer(arrived);
            assertThat(receive(front)).startsWith("SIP/2.0 200 OK").contains("received=198.51.100.7");
            // In the dialog, too: its cookie says how the client is reached, which is not where it says it is.
            byte[] bye = bye(arrived).getBytes(ISO_8859_1);
            backend.send(new DatagramPacket(bye, bye.length, viaOf(arrived)));
            assertThat(receive(front)).startsWith("BYE sip:alice@192.168.1.5:5062");
        }
        assertThat(strowger.counters().sum(Counter.PROXY_PROTOCOL_V2)).isEqualTo(1);
    }

    @Test
    void ownAnswersAndKeepAlivesGoThroughTheProxyAndBareDatagramsAreDropped() throws IOException {
        try (DatagramSocket front = new DatagramSocket(0, LOOPBACK)) {
            front.setSoTimeout(10_000);
            byte[] bare = invite("UDP", "bare").getBytes(ISO_8859_1);
            front.send(new DatagramPacket(bare, bare.length, strowger.address("udp")));
            byte[] ping = joined(header(ProxyHeaderWriter.Payload.DATAGRAM), "\r\n\r\n");
            front.send(new DatagramPacket(ping, ping.length, strowger.address("udp")));
            assertThat(receive(front)).isEqualTo("\r\n");
            // LOCAL: the proxy speaks for itself, from an address that the rules do not take.
            ProxyHeaderWriter writer = new ProxyHeaderWriter();
            byte[] local =
                    joined(Arrays.copyOf(writer.bytes(), writer.beginLocal().end()), invite("UDP", "local"));
            front.send(new DatagramPacket(local, local.length, strowger.address("udp")));
            assertThat(receive(front)).startsWith("SIP/2.0 403").contains("received=127.0.0.1");
        }
        assertThat(strowger.counters().sum(Counter.PROXY_PROTOCOL_NO_HEADER)).isEqualTo(1);
        assertThat(strowger.counters().sum(Counter.PROXY_PROTOCOL_LOCAL)).isEqualTo(1);
    }

    @Test
    void aCallOverTcpSeesTheGivenAddress() throws IOException {
        for (byte[] header : new byte[][] {
            header(ProxyHeaderWriter.Payload.STREAM),
            "PROXY TCP4 198.51.100.7 203.0.113.1 40000 5060\r\n".getBytes(ISO_8859_1)
        }) {
            try (Socket front = connected("tcp")) {
                front.getOutputStream().write(joined(header, invite("TCP", "tcp" + header.length)));
                String arrived = receive(backend);
                assertThat(arrived).contains(";rport=40000;").contains(";received=198.51.100.7");
                answer(arrived);
                assertThat(line(front.getInputStream())).startsWith("SIP/2.0 200 OK");
            }
        }
        assertThat(strowger.counters().sum(Counter.PROXY_PROTOCOL_V1)).isEqualTo(1);
    }

    @Test
    void aConnectionWithoutItsHeaderIsReset() throws IOException {
        try (Socket bare = connected("tcp")) {
            bare.getOutputStream().write(invite("TCP", "bare").getBytes(ISO_8859_1));
            assertThat(isClosed(bare)).isTrue();
        }
        assertThat(strowger.counters().sum(Counter.PROXY_PROTOCOL_NO_HEADER)).isEqualTo(1);
        try (Socket silent = connected("tcp")) {
            assertThat(isClosed(silent)).isTrue();
        }
        assertThat(strowger.counters().sum(Counter.PROXY_PROTOCOL_TIMED_OUT)).isEqualTo(1);
        try (Socket stranger = connected("elsewhere")) {
            assertThat(isClosed(stranger)).isTrue();
        }
        await().untilAsserted(() -> assertThat(strowger.counters().sum(Counter.PROXY_PROTOCOL_STRANGER))
                .isEqualTo(1));
    }

    private Socket connected(String listener) throws IOException {
        Socket socket = new Socket();
        socket.connect(strowger.address(listener));
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static boolean isClosed(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException reset) {
            return true;
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\r'; c = in.read()) {
            line.append((char) c);
        }
        return line.toString();
    }
}
