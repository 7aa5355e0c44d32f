package org.strowger.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.strowger.health.HealthState;
import org.strowger.proxy.admin.MemberHealth;
import org.strowger.proxy.tls.JdkTls;
import org.strowger.proxy.tls.TestAuthority;

/** Probes and WebSockets of HTTP backends, in the clear and over TLS, from end to end. */
@Timeout(60)
final class HttpProbesIT {
    private static final TestAuthority AUTHORITY = new TestAuthority("authority");
    private static final SSLContext CLIENT = JdkTls.context(AUTHORITY, Optional.empty());
    private static final SSLContext SERVER = JdkTls.context(AUTHORITY, Optional.of(AUTHORITY.issue("ip:127.0.0.1")));

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"http", "https"})
    void probesTellGoodFromBadAndWebSocketsPass(String scheme) throws Exception {
        AUTHORITY.issue("ip:127.0.0.1").write(folder, "front");
        try (GatewayServer server = new GatewayServer(
                        scheme.equals("https") ? SERVER.getServerSocketFactory() : ServerSocketFactory.getDefault());
                RelayFixture proxy = new RelayFixture(folder, config(scheme, server.port()));
                Socket client = CLIENT.getSocketFactory()
                        .createSocket(
                                proxy.connect("web"),
                                "127.0.0.1",
                                proxy.strowger.address("web").getPort(),
                                true)) {
            String id = scheme + ":127.0.0.1:" + server.port();
            for (String good : new String[] {"get", "upgrade"}) {
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> proxy.strowger
                                .health()
                                .of(good, id)
                                .flatMap(MemberHealth::probe)
                                .filter(probe -> probe.lastResult().equals("passed"))
                                .isPresent());
            }
            for (String bad : new String[] {"wrong-path", "wrong-protocol"}) {
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> proxy.strowger
                                        .health()
                                        .of(bad, id)
                                        .orElseThrow()
                                        .state()
                                        .health()
                                == HealthState.DOWN);
            }
            assertThat(evidence(proxy, "wrong-path", id)).contains("404");
            assertThat(evidence(proxy, "wrong-protocol", id)).contains("handshake answered with 404");

            client.getOutputStream().write("""
                    GET /upgrade HTTP/1.1\r
                    Host: gw.example\r
                    Connection: Upgrade\r
                    Upgrade: websocket\r
                    Sec-WebSocket-Version: 13\r
                    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
                    Sec-WebSocket-Protocol: good\r
                    \r
                    """.getBytes(ISO_8859_1));
            assertThat(GatewayServer.head(client.getInputStream()))
                    .startsWith("HTTP/1.1 101 ")
                    .contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
            client.getOutputStream().write("hello".getBytes(ISO_8859_1));
            assertThat(client.getInputStream().readNBytes(5))
                    .asString(ISO_8859_1)
                    .isEqualTo("hello");
        }
    }

    private static String evidence(RelayFixture proxy, String pool, String id) {
        return proxy.strowger
                .health()
                .of(pool, id)
                .flatMap(MemberHealth::probe)
                .orElseThrow()
                .lastEvidence();
    }

    private String config(String scheme, int port) {
        return """
                event-loops = 1
                listeners.web { transport = wss, bind = "127.0.0.1:0", tls = front }
                tls {
                  front { certificate = "%1$s/front.pem", key = "%1$s/front.key" }
                  back { trusted = "%2$s" }
                }
                pools {
                  get            { backends = ["%3$s:127.0.0.1:%4$d"], tls = back, health.probe = "http:/healthy" }
                  upgrade        { backends = ["%3$s:127.0.0.1:%4$d"], tls = back, health.probe = "websocket:/ws good" }
                  wrong-path     { backends = ["%3$s:127.0.0.1:%4$d"], tls = back, health.probe = "http:/elsewhere" }
                  wrong-protocol { backends = ["%3$s:127.0.0.1:%4$d"], tls = back, health.probe = "websocket:/ws bad" }
                }
                rules = [
                  { path = "/get", pool = get }, { path = "/upgrade", pool = upgrade }
                  { path = "/path", pool = wrong-path }, { path = "/protocol", pool = wrong-protocol }
                ]
                """.formatted(folder, AUTHORITY.write(folder), scheme, port);
    }
}
