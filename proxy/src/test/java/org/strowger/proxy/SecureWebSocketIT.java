package org.strowger.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.strowger.health.HealthState;
import org.strowger.proxy.metrics.Counter;
import org.strowger.proxy.peers.Text;
import org.strowger.proxy.peers.UdpPeer;
import org.strowger.proxy.peers.WebSocketPhone;
import org.strowger.proxy.peers.WebSocketServerPeer;
import org.strowger.proxy.tls.HandshakeResult;
import org.strowger.proxy.tls.JdkTls;
import org.strowger.proxy.tls.TestAuthority;
import org.strowger.proxy.tls.TlsSide;

/** A browser's connection as it is outside of laboratories: WebSocket over TLS. */
@Timeout(60)
final class SecureWebSocketIT {
    private static final TestAuthority AUTHORITY = new TestAuthority("authority");

    @TempDir
    Path folder;

    @Test
    void aCallGoesThrough() throws Exception {
        AUTHORITY.issue("dns:sip.example.com", "ip:127.0.0.1").write(folder, "front");
        try (SipServer backend = SipServer.udp();
                RelayFixture proxy = new RelayFixture(
                        folder, """
                        listeners { web { transport = wss, bind = "127.0.0.1:0", tls = front } }
                        tls.front { certificate = "%s", key = "%s" }
                        pools { p { backends = [ "%s" ], health.probe = none } }
                        rules = [ { pool = p } ]
                        """.formatted(folder.resolve("front.pem"), folder.resolve("front.key"), backend.id()));
                WebSocketPhone phone = new WebSocketPhone(
                        JdkTls.context(AUTHORITY, Optional.empty()), proxy.strowger.address("web"))) {
            phone.send("""
                    INVITE sip:bob@example.com SIP/2.0\r
                    Via: SIP/2.0/WSS df7jal23ls0d.invalid;branch=z9hG4bK1\r
                    Max-Forwards: 70\r
                    From: <sip:alice@example.com>;tag=a\r
                    To: <sip:bob@example.com>\r
                    Call-ID: 1@alice\r
                    CSeq: 1 INVITE\r
                    Contact: <sip:alice@df7jal23ls0d.invalid;transport=ws>\r
                    Content-Length: 0\r
                    \r
                    """);
            String answer = phone.receive();
            while (answer.startsWith("SIP/2.0 1")) {
                answer = phone.receive();
            }
            assertThat(answer).startsWith("SIP/2.0 200 ").contains("Via: SIP/2.0/WSS df7jal23ls0d.invalid");
            assertThat(answer).contains("Record-Route: <sip");
            assertThat(proxy.count(Counter.RECEIVED_WSS_CLIENT)).isEqualTo(1);
            assertThat(proxy.count(Counter.WEBSOCKET_OPENED)).isEqualTo(1);
            assertThat(proxy.strowger.tls().totals().handshakes(TlsSide.SERVER, HandshakeResult.FULL))
                    .isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "options", "websocket"})
    void aBackendIsReachedAndProbedAtItsPath(String probe) throws Exception {
        try (WebSocketServerPeer backend = backend("ip:127.0.0.1");
                RelayFixture proxy = proxy(backend, "health { probe = %s, interval = 300ms }".formatted(probe));
                UdpPeer phone = new UdpPeer()) {
            String id = "wss:127.0.0.1:" + backend.port();
            if (probe.equals("options")) {
                String options = backend.receive("OPTIONS ");
                assertThat(Text.value(options, "Via")).startsWith("SIP/2.0/WSS ");
                backend.send(Text.answer(options, "200 OK"));
            }
            await().atMost(Duration.ofSeconds(20)).until(() -> mayBeCalled(proxy, id, probe));
            phone.sendTo(proxy.strowger.address("udp"));
            phone.send(invite());
            String invite = afterProbes(backend);
            assertThat(invite).startsWith("INVITE sip:bob@example.com SIP/2.0");
            assertThat(Text.value(invite, "Via")).startsWith("SIP/2.0/WSS ");
            assertThat(Text.values(invite, "Record-Route").get(0)).contains(";transport=ws;lr");
            backend.send(Text.answer(invite, "200 OK", "Contact: <sip:bob@127.0.0.1:7>"));
            phone.receive("SIP/2.0 200 OK");
            assertThat(proxy.count(Counter.SENT_WSS_BACKEND)).isEqualTo(1);
        }
    }

    /** The next message that is no probe; probes are answered. */
    private static String afterProbes(WebSocketServerPeer backend) {
        String message = backend.receive();
        while (message.startsWith("OPTIONS ")) {
            backend.send(Text.answer(message, "200 OK"));
            message = backend.receive();
        }
        return message;
    }

    private static boolean mayBeCalled(RelayFixture proxy, String id, String probe) {
        return probe.equals("none")
                || proxy.strowger.health().of("p", id).orElseThrow().state().health() == HealthState.UP;
    }

    @ParameterizedTest
    @ValueSource(strings = {"options", "websocket"})
    void aBackendThatShowsAnotherNameIsNotBelieved(String probe) throws Exception {
        try (WebSocketServerPeer backend = backend("dns:elsewhere.example.com");
                RelayFixture proxy = proxy(backend, "health { probe = %s, interval = 300ms }".formatted(probe));
                UdpPeer phone = new UdpPeer()) {
            String id = "wss:127.0.0.1:" + backend.port();
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> proxy.strowger
                                    .health()
                                    .of("p", id)
                                    .orElseThrow()
                                    .state()
                                    .health()
                            == HealthState.DOWN);
            phone.sendTo(proxy.strowger.address("udp"));
            phone.send(invite());
            phone.receive("SIP/2.0 50");
            assertThat(backend.connections()).isZero();
            assertThat(proxy.strowger.tls().totals().handshakes(TlsSide.CLIENT, HandshakeResult.WRONG_NAME))
                    .isPositive();
        }
    }

    private static WebSocketServerPeer backend(String name) {
        return new WebSocketServerPeer("/sip/here", JdkTls.context(AUTHORITY, Optional.of(AUTHORITY.issue(name))));
    }

    private RelayFixture proxy(WebSocketServerPeer backend, String health) throws Exception {
        return new RelayFixture(folder, """
                listeners { udp { transport = udp, bind = "127.0.0.1:0" } }
                tls.back { trusted = "%s" }
                pools { p { backends = [ "wss:127.0.0.1:%d/sip/here" ], tls = back, %s } }
                rules = [ { pool = p } ]
                """.formatted(AUTHORITY.write(folder), backend.port(), health));
    }

    private static String invite() {
        return Text.request(
                "INVITE sip:bob@example.com",
                "Via: SIP/2.0/UDP 127.0.0.1:7;rport;branch=z9hG4bK1",
                "Max-Forwards: 70",
                "From: <sip:alice@example.com>;tag=a",
                "To: <sip:bob@example.com>",
                "Call-ID: 1@alice",
                "CSeq: 1 INVITE",
                "Contact: <sip:alice@127.0.0.1:7>");
    }
}
