package org.strowger.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.strowger.proxy.metrics.Counter;
import org.strowger.proxy.peers.SipPeer;
import org.strowger.proxy.peers.WebSocketPhone;
import org.strowger.proxy.tls.JdkTls;
import org.strowger.proxy.tls.TestAuthority;

/** One listener for HTTP and for SIP over WebSocket, in the clear and over TLS. */
@Timeout(60)
final class HttpListenerIT {
    private static final TestAuthority AUTHORITY = new TestAuthority("authority");
    private static final SSLContext CLIENT = JdkTls.context(AUTHORITY, Optional.empty());

    @TempDir
    Path folder;

    /** Answers with what it was asked, and by whom. */
    private static void answer(HttpExchange exchange) throws IOException {
        byte[] text = (exchange.getRequestURI() + " of "
                        + exchange.getRequestHeaders().getFirst("X-Forwarded-For") + " by "
                        + exchange.getRequestHeaders().getFirst("X-Forwarded-Proto"))
                .getBytes(UTF_8);
        exchange.sendResponseHeaders(200, text.length);
        exchange.getResponseBody().write(text);
        exchange.close();
    }

    private static HttpServer server(boolean encrypted) throws IOException {
        InetSocketAddress any = new InetSocketAddress(RelayFixture.LOOPBACK, 0);
        HttpServer server = encrypted ? HttpsServer.create(any, 0) : HttpServer.create(any, 0);
        if (server instanceof HttpsServer https) {
            https.setHttpsConfigurator(
                    new HttpsConfigurator(JdkTls.context(AUTHORITY, Optional.of(AUTHORITY.issue("ip:127.0.0.1")))));
        }
        server.createContext("/", HttpListenerIT::answer);
        server.start();
        return server;
    }

    private RelayFixture proxy(HttpServer http, SipServer sip) throws IOException {
        AUTHORITY.issue("dns:sip.example.com", "ip:127.0.0.1").write(folder, "front");
        return new RelayFixture(folder, """
                event-loops = 2
                listeners {
                  ws { transport = ws, bind = "127.0.0.1:0" }
                  wss { transport = wss, bind = "127.0.0.1:0", tls = front }
                  behind { transport = wss, bind = "127.0.0.1:0", tls = front, proxy-protocol { from = "127.0.0.0/8" } }
                }
                tls {
                  front { certificate = "%s", key = "%s" }
                  back { trusted = "%s" }
                }
                pools {
                  web { backends = [ "%s:127.0.0.1:%d" ], health.probe = none, tls = back }
                  sip { backends = [ "%s" ], health.probe = none }
                }
                rules = [ { path = "/app", pool = web }, { pool = sip } ]
                """.formatted(
                        folder.resolve("front.pem"),
                        folder.resolve("front.key"),
                        AUTHORITY.write(folder),
                        http instanceof HttpsServer ? "https" : "http",
                        http.getAddress().getPort(),
                        sip.id()));
    }

    @ParameterizedTest
    @CsvSource({"ws, false, HTTP_1_1", "wss, false, HTTP_1_1", "wss, true, HTTP_2"})
    void aListenerServesHttpAndSip(String transport, boolean encrypted, HttpClient.Version version) throws Exception {
        HttpServer http = server(encrypted);
        try (SipServer sip = SipServer.udp();
                RelayFixture proxy = proxy(http, sip)) {
            InetSocketAddress at = proxy.strowger.address(transport);
            boolean tls = transport.equals("wss");
            HttpClient client =
                    HttpClient.newBuilder().sslContext(CLIENT).version(version).build();
            String base = (tls ? "https" : "http") + "://127.0.0.1:" + at.getPort();
            HttpResponse<String> answer = get(client, base + "/app/x?y=1");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.version()).isEqualTo(version);
            assertThat(answer.body()).isEqualTo("/app/x?y=1 of 127.0.0.1 by " + (tls ? "https" : "http"));
            assertThat(get(client, base + "/else").statusCode()).isEqualTo(404);
            try (WebSocketPhone phone = tls ? new WebSocketPhone(CLIENT, at) : new WebSocketPhone(at)) {
                assertThat(options(phone)).startsWith("SIP/2.0 200 ");
            }
            assertThat(proxy.count(Counter.WEBSOCKET_OPENED)).isEqualTo(1);
        } finally {
            http.stop(0);
        }
    }

    @Test
    void theClientIsWhomTheProxyProtocolNames() throws Exception {
        HttpServer http = server(false);
        try (SipServer sip = SipServer.udp();
                RelayFixture proxy = proxy(http, sip);
                Socket plain = proxy.connect("behind")) {
            plain.getOutputStream().write("PROXY TCP4 198.51.100.7 203.0.113.1 4000 443\r\n".getBytes(UTF_8));
            try (Socket client = CLIENT.getSocketFactory().createSocket(plain, "127.0.0.1", plain.getPort(), true)) {
                client.getOutputStream()
                        .write("GET /app HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n".getBytes(UTF_8));
                assertThat(new String(client.getInputStream().readAllBytes(), UTF_8))
                        .startsWith("HTTP/1.1 200 ")
                        .endsWith("/app of 198.51.100.7 by https");
            }
        } finally {
            http.stop(0);
        }
    }

    private static HttpResponse<String> get(HttpClient client, String uri) throws Exception {
        return client.send(HttpRequest.newBuilder(URI.create(uri)).build(), HttpResponse.BodyHandlers.ofString(UTF_8));
    }

    private static String options(SipPeer phone) {
        phone.send("""
                OPTIONS sip:bob@example.com SIP/2.0\r
                Via: SIP/2.0/WSS df7jal23ls0d.invalid;branch=z9hG4bK1\r
                Max-Forwards: 70\r
                From: <sip:alice@example.com>;tag=a\r
                To: <sip:bob@example.com>\r
                Call-ID: 1@alice\r
                CSeq: 1 OPTIONS\r
                Content-Length: 0\r
                \r
                """);
        return phone.receive();
    }
}
