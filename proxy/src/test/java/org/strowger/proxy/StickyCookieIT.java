package org.strowger.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.proxy.metrics.Counter;

/** The cookie of a running proxy, and what a reload makes of it. */
@Timeout(60)
final class StickyCookieIT {
    private static final Pattern SET_COOKIE = Pattern.compile("(?i)\r\nSet-Cookie: (S=[\\w-]{22})(; [^\r]*)\r\n");

    @TempDir
    Path folder;

    private final List<HttpServer> servers = new ArrayList<>();

    private HttpServer server() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(RelayFixture.LOOPBACK, 0), 0);
        server.createContext("/", exchange -> {
            exchange.getResponseHeaders()
                    .add("X-Server", Integer.toString(server.getAddress().getPort()));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        servers.add(server);
        return server;
    }

    @AfterEach
    void stop() {
        servers.forEach(server -> server.stop(0));
    }

    private static String config(String cookie, int... ports) {
        StringBuilder backends = new StringBuilder();
        for (int port : ports) {
            backends.append("\"http:127.0.0.1:").append(port).append("\", ");
        }
        return """
                listeners.web { transport = ws, bind = "127.0.0.1:0" }
                pools.web { backends = [ %s ], health.probe = none, balance = round-robin, sticky-cookie %s }
                rules = [ { pool = web } ]
                http.trusted = [ "127.0.0.0/8" ]
                """.formatted(backends, cookie);
    }

    /** The head of the answer to a request with these fields. */
    private static String ask(Operated proxy, String fields) throws IOException {
        try (Socket client = proxy.connect("web")) {
            client.getOutputStream()
                    .write(("GET / HTTP/1.1\r\nHost: gw.example.net\r\n" + fields + "\r\n").getBytes(US_ASCII));
            return Operated.head(client);
        }
    }

    private static Matcher cookie(String head) {
        Matcher cookie = SET_COOKIE.matcher(head);
        assertThat(cookie.find()).as(head).isTrue();
        return cookie;
    }

    private static String backend(String head) {
        return head.replaceAll("(?is).*\r\nX-Server: (\\d+)\r\n.*", "$1");
    }

    @Test
    void aReloadChangesWhomNewCookiesServeAndOldOnesStayGood() throws Exception {
        int one = server().getAddress().getPort();
        int other = server().getAddress().getPort();
        try (Operated proxy = new Operated(folder, config("= S", one, other))) {
            String first = ask(proxy, "");
            assertThat(cookie(first).group(2)).isEqualTo("; Path=/; HttpOnly; SameSite=Lax");
            String old = "Cookie: " + cookie(first).group(1) + "\r\n";

            assertThat(proxy.applied(config("{ name = S, same-site = none, partitioned = true }", one, other)))
                    .singleElement()
                    .asString()
                    .contains("pools.web.sticky-cookie", "S same-site=none partitioned");
            String second = ask(proxy, "Origin: https://app.example\r\n");
            assertThat(cookie(second).group(2)).isEqualTo("; Path=/; HttpOnly; SameSite=None; Secure; Partitioned");
            for (int i = 0; i < 4; i++) {
                String again = ask(proxy, old);
                assertThat(backend(again)).isEqualTo(backend(first));
                assertThat(again).doesNotContainIgnoringCase("Set-Cookie");
            }
            assertThat(proxy.count(Counter.HTTP_STICKY_KEPT)).isEqualTo(4);

            proxy.applied(config("{ name = S, same-site = strict }", one, other));
            assertThat(cookie(ask(proxy, "")).group(2)).isEqualTo("; Path=/; HttpOnly; SameSite=Strict");
            proxy.applied(config("= off", one, other));
            assertThat(ask(proxy, "")).doesNotContainIgnoringCase("Set-Cookie");
        }
    }
}
