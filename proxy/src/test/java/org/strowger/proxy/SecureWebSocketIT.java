package org.strowger.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.proxy.metrics.Counter;
import org.strowger.proxy.peers.WebSocketPhone;
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
}
