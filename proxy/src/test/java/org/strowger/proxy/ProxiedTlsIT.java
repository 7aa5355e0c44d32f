package org.strowger.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.proxy.metrics.BackendCounter;
import org.strowger.proxy.metrics.Counter;
import org.strowger.proxy.proxyprotocol.HeaderVerdict;
import org.strowger.proxy.proxyprotocol.ProxyHeader;
import org.strowger.proxy.proxyprotocol.ProxyHeaderDecoder;
import org.strowger.proxy.tls.HandshakeResult;
import org.strowger.proxy.tls.JdkTls;
import org.strowger.proxy.tls.TestAuthority;
import org.strowger.proxy.tls.TlsSide;

/** TLS behind a header of the PROXY protocol, and TLS that ends at a relay. */
@Timeout(60)
final class ProxiedTlsIT {
    private static final TestAuthority AUTHORITY = new TestAuthority("authority");
    private static final String HEADER = "PROXY TCP4 198.51.100.7 203.0.113.1 4000 443\r\n";

    @TempDir
    Path folder;

    @BeforeEach
    void certificate() {
        AUTHORITY.issue("dns:sip.example.com", "ip:127.0.0.1").write(folder, "front");
    }

    private RelayFixture relay(ServerSocket backend, String listener, String pool) throws IOException {
        return new RelayFixture(folder, """
                event-loops = 2
                listeners { raw { transport = tcp-relay, bind = "127.0.0.1:0", pool = p, tls = front, %s } }
                tls.front { certificate = "%s", key = "%s" }
                pools { p { backends = [ "tcp:127.0.0.1:%d" ], health.probe = none, %s } }
                """.formatted(
                listener, folder.resolve("front.pem"), folder.resolve("front.key"), backend.getLocalPort(), pool));
    }

    private static SSLSocket encrypted(Socket plain) throws IOException {
        return (SSLSocket) JdkTls.context(AUTHORITY, Optional.empty())
                .getSocketFactory()
                .createSocket(plain, "127.0.0.1", plain.getPort(), true);
    }

    @Test
    void whatWasInTlsReachesTheBackendOfARelayInTheClear() throws IOException {
        try (ServerSocket server = RelayFixture.server();
                RelayFixture relay = relay(server, "", "");
                SSLSocket client = encrypted(relay.connect("raw"))) {
            client.getOutputStream().write("request".getBytes(US_ASCII));
            try (Socket backend = RelayFixture.accepted(server)) {
                assertThat(backend.getInputStream().readNBytes(7)).isEqualTo("request".getBytes(US_ASCII));
                backend.getOutputStream().write("answer".getBytes(US_ASCII));
                assertThat(client.getInputStream().readNBytes(6)).isEqualTo("answer".getBytes(US_ASCII));
            }
            assertThat(client.getInputStream().read()).isNegative();
        }
    }

    @Test
    void whatIsNoTlsNeverReachesTheBackendOfARelay() throws IOException {
        try (ServerSocket server = RelayFixture.server();
                RelayFixture relay = relay(server, "", "");
                Socket client = relay.connect("raw")) {
            client.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(US_ASCII));
            assertThat(ended(client)).isTrue();
            assertThat(relay.strowger.tls().totals().handshakes(TlsSide.SERVER, HandshakeResult.NOT_TLS))
                    .isEqualTo(1);
            assertThat(relay.count("tcp:127.0.0.1:" + server.getLocalPort(), BackendCounter.RELAYS_BEGUN))
                    .isZero();
        }
    }

    private static boolean ended(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void aHeaderComesBeforeTlsAndIsPassedOnWithWhatTlsAgreedUpon() throws IOException {
        try (ServerSocket server = RelayFixture.server();
                RelayFixture relay =
                        relay(server, "proxy-protocol { from = \"127.0.0.0/8\" }", "send-proxy-protocol = v2");
                Socket plain = relay.connect("raw")) {
            plain.getOutputStream().write(HEADER.getBytes(US_ASCII));
            try (SSLSocket client = encrypted(plain)) {
                client.getOutputStream().write("request".getBytes(US_ASCII));
                try (Socket backend = RelayFixture.accepted(server)) {
                    byte[] fixed = backend.getInputStream().readNBytes(16);
                    int more = (fixed[14] & 0xff) << 8 | (fixed[15] & 0xff);
                    byte[] whole = java.util.Arrays.copyOf(fixed, 16 + more);
                    assertThat(backend.getInputStream().readNBytes(whole, 16, more))
                            .isEqualTo(more);
                    ProxyHeader header = new ProxyHeader();
                    assertThat(new ProxyHeaderDecoder().decode(whole, 0, whole.length, header))
                            .isEqualTo(HeaderVerdict.COMPLETE);
                    assertThat(header.source()).hasToString("198.51.100.7:4000");
                    assertThat(new String(whole, java.nio.charset.StandardCharsets.ISO_8859_1))
                            .contains("TLSv1.3", "TLS_AES_");
                    assertThat(backend.getInputStream().readNBytes(7)).isEqualTo("request".getBytes(US_ASCII));
                }
            }
        }
    }

    @Test
    void aHeaderComesBeforeTlsOfAListenerOfSip() throws IOException {
        try (SipServer backend = SipServer.udp();
                RelayFixture proxy = new RelayFixture(
                        folder, """
                        listeners { tls {
                          transport = tls, bind = "127.0.0.1:0", tls = front
                          proxy-protocol { from = "127.0.0.0/8" }
                        } }
                        tls.front { certificate = "%s", key = "%s" }
                        pools { p { backends = [ "%s" ], health.probe = none } }
                        rules = [ { source = "198.51.100.0/24", pool = p }, { reject = 403 } ]
                        """.formatted(folder.resolve("front.pem"), folder.resolve("front.key"), backend.id()));
                Socket plain = proxy.connect("tls")) {
            plain.getOutputStream().write(HEADER.getBytes(US_ASCII));
            try (SSLSocket client = encrypted(plain)) {
                client.getOutputStream().write("""
                        OPTIONS sip:bob@example.com SIP/2.0\r
                        Via: SIP/2.0/TLS 192.0.2.1:5061;branch=z9hG4bK1\r
                        Max-Forwards: 70\r
                        From: <sip:alice@example.com>;tag=a\r
                        To: <sip:bob@example.com>\r
                        Call-ID: 1@alice\r
                        CSeq: 1 OPTIONS\r
                        Content-Length: 0\r
                        \r
                        """.getBytes(US_ASCII));
                byte[] answer = client.getInputStream().readNBytes(12);
                assertThat(new String(answer, US_ASCII)).isEqualTo("SIP/2.0 200 ");
            }
            assertThat(backend.requests("OPTIONS").get(0)).contains("received=198.51.100.7");
            assertThat(proxy.count(Counter.PROXY_PROTOCOL_V1)).isEqualTo(1);
        }
    }
}
