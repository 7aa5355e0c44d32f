package org.strowger.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.proxy.config.Loading;
import org.strowger.proxy.control.Command;
import org.strowger.proxy.metrics.BackendCounter;
import picocli.CommandLine;

/** {@code strowger explain} of connections to relays, and of what comes to listeners of WebSockets. */
@Timeout(120)
final class RelayExplainIT {
    private static final String CONFIG = """
            listeners {
              raw { transport = tcp-relay, bind = "127.0.0.1:0", pool = a, proxy-protocol { from = "10.0.0.0/8", others = refuse } }
              names {
                transport = tcp-relay, bind = "127.0.0.1:0", pool = a
                sni { "www.example.com" = b, "*.example.com" = a, "*.b.example.com" = b }
              }
              dgrams { transport = udp-relay, bind = "127.0.0.1:0", pool = u }
              tcp { transport = tcp, bind = "127.0.0.1:0" }
              web { transport = ws, bind = "127.0.0.1:0", origins = ["https://good.example.com"] }
            }
            pools {
              a { backends = ["tcp:127.0.0.1:%d"], health.probe = none, balance = least-connections }
              b { backends = ["tcp:127.0.0.1:7"], health.probe = none, send-proxy-protocol = v2 }
              u { backends = ["udp:127.0.0.1:7", "udp:127.0.0.1:9"], balance = source-ip }
              g { backends = ["http:127.0.0.1:7"], health.probe = none }
              s { backends = ["udp:127.0.0.1:5070"], health.probe = none }
            }
            rules = [ { path = "/", pool = g }, { pool = s } ]
            """;
    private static final String WEB_SOCKET = """
            GET /chat HTTP/1.1
            Host: a.example.com
            Upgrade: websocket
            Connection: Upgrade
            Origin: https://%s.example.com
            Sec-WebSocket-Version: 13
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
            """;

    @TempDir
    private Path folder = Path.of(".");

    private record Ran(int code, String out, String err) {}

    private static Ran run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = new CommandLine(new ExplainCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
        return new Ran(code, out.toString(), err.toString());
    }

    private String file() throws Exception {
        String key = "cluster-key = \"" + Loading.KEY + "\"\n";
        return Files.writeString(folder.resolve("some.conf"), key + CONFIG.formatted(7))
                .toString();
    }

    private String message(String text) throws Exception {
        return Files.writeString(folder.resolve("message"), text).toString();
    }

    @Test
    void aFileExplainsWhoGetsAHostName() throws Exception {
        assertThat(run(file(), "--listener", "names", "--source", "192.0.2.7:4711", "--sni", "X.b.Example.com")
                        .out())
                .contains(
                        "from 192.0.2.7:4711 over TCP on names (as told)",
                        "the ClientHello is read, TLS passes; x.b.example.com",
                        "* 2   listeners.names.sni *.b.example.com",
                        "Pool       b, round-robin",
                        "Result     passed on to tcp:127.0.0.1:7\n",
                        "a PROXY header, v2, tells it the client");
        assertThat(run(file(), "--listener", "names", "--sni", "www.example.com")
                        .out())
                .contains("* 1   listeners.names.sni www.example.com");
        assertThat(run(file(), "--listener", "names", "--sni", "elsewhere.example")
                        .out())
                .contains("* 4   listeners.names.pool", "everything else", "a, least-connections");
    }

    @Test
    void whoMayNotConnectIsReset() throws Exception {
        assertThat(run(file(), "--listener", "raw", "--from", "192.0.2.7:1").out())
                .contains(
                        "FAILED  PROXY protocol: 192.0.2.7:1 is none of those",
                        "Result     reset: its sender may not connect");
        assertThat(run(file(), "--listener", "raw", "--from", "10.1.2.3").out())
                .contains("a header is required of 10.1.2.3:0", "Result     passed on to ");
        assertThat(run(file(), "--listener", "tcp").err())
                .contains("listener: tcp (expected: a relay, one of [dgrams, names, raw], or a message)");
        assertThat(run(file()).err()).contains("expected: FILE MESSAGE, or --listener RELAY without a message");
    }

    @Test
    void aRunningProxyExplainsByWhatIsInForceAndIsNotDisturbed() throws Exception {
        try (ServerSocket server = RelayFixture.server();
                Operated proxy = new Operated(folder, CONFIG.formatted(server.getLocalPort()));
                AdminSurface admin = AdminSurface.open(proxy.strowger)) {
            String url = "http://" + admin.address();
            String id = "tcp:127.0.0.1:" + server.getLocalPort();
            Ran first = run("--admin", url, "--listener", "names", "--sni", "x.example.com");
            assertThat(first.err()).isEmpty();
            assertThat(first.out()).contains("Result     passed on to " + id);
            assertThat(run("--admin", url, "--listener", "names", "--sni", "x.example.com"))
                    .isEqualTo(first);
            assertThat(proxy.count(id, BackendCounter.RELAYS_BEGUN)).isZero();
            assertThat(proxy.backend("a", id).dialogs()).hasValue(0);
            Ran datagram = run("--admin", url, "--listener", "dgrams", "--from", "192.0.2.9:1", "--json");
            assertThat(datagram.out()).contains("\"policy\":\"source-ip\"", "\"kind\":\"FORWARD\"");
            proxy.perform(new Command.Drain("a", id, Optional.of(Duration.ZERO), true));
            assertThat(run("--admin", url, "--listener", "names", "--sni", "x.example.com")
                            .out())
                    .contains("Result     reset: no backend");
        }
    }

    @Test
    void aWebSocketIsOfSipByItsSubProtocolAndOfHttpElse() throws Exception {
        String sip = WEB_SOCKET.formatted("good") + "Sec-WebSocket-Protocol: sip\n";
        assertThat(run(file(), message(sip)).out())
                .contains("over HTTP on web", "Decided by the sub-protocol sip", "a connection of SIP over WebSocket");
        assertThat(run(file(), message(sip.replace("good", "bad"))).out()).contains("refused: 403 Forbidden (origin)");
        assertThat(run(file(), message(WEB_SOCKET.formatted("bad"))).out())
                .contains("Result     WebSocket to http:127.0.0.1:7");
        assertThat(run(file(), message("GET / HTTP/1.1\nHost: a\n"), "--listener", "tcp")
                        .err())
                .contains("listener: tcp (expected: a listener of WebSockets, one of [web])");
    }
}
