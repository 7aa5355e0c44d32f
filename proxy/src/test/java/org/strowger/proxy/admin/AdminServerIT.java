package org.strowger.proxy.admin;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.strowger.discovery.Backend;
import org.strowger.health.AdminState;
import org.strowger.health.Eligibility;
import org.strowger.health.HealthState;
import org.strowger.proxy.metrics.BackendCounter;
import org.strowger.proxy.metrics.BackendCounterTable;
import org.strowger.proxy.metrics.Counter;
import org.strowger.proxy.metrics.CounterRegistry;
import org.strowger.proxy.metrics.Scrape;
import org.strowger.sip.Transport;

final class AdminServerIT {
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final CounterRegistry counters = new CounterRegistry(1);
    private final BackendCounterTable backendCounters = new BackendCounterTable(1);
    private final List<String> missing = new ArrayList<>();
    private final List<String> stuck = new ArrayList<>();
    private final BackendsView view = () -> List.of(new PoolView(
            "media",
            "call-id",
            List.of(new BackendView(
                    new Backend(Transport.UDP, new InetSocketAddress("10.0.1.10", 5070), 3, 1, "eu-west-1a"),
                    AdminState.DRAIN,
                    HealthState.UP,
                    Eligibility.ESTABLISHED_ONLY,
                    "asked for by \"ops\""))));
    private final Scrape scrape = new Scrape(counters, backendCounters, () -> AdminPages.members(view), "test");
    private final AdminPages pages = new AdminPages(scrape, view, backendCounters, () -> missing, () -> stuck);
    private final List<AutoCloseable> opened = new ArrayList<>(List.of(scrape));

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : opened) {
            one.close();
        }
    }

    @Test
    void metricsAreScraped() throws Exception {
        counters.loop(0).increment(Counter.DROP_OVERSIZE);
        HttpResponse<String> response = get(open(Optional.empty()), "/metrics");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).contains(AdminAnswer.PROMETHEUS);
        assertThat(response.body().lines())
                .contains(
                        "strowger_drops_total{reason=\"oversize\"} 1.0",
                        "strowger_backend_accepts_established{backend=\"udp:10.0.1.10:5070\",pool=\"media\"}" + " 1.0");
    }

    @Test
    void backendsAreShownWithStateAndCounters() throws Exception {
        String id = view.pools().get(0).backends().get(0).backend().id();
        backendCounters.countersOf(id).get(0).increment(BackendCounter.ICMP_ERRORS);
        Config pool = json(get(open(Optional.empty()), "/backends"))
                .getConfigList("pools")
                .get(0);
        assertThat(pool.getString("name")).isEqualTo("media");
        assertThat(pool.getString("balance")).isEqualTo("call-id");
        Config backend = pool.getConfigList("backends").get(0);
        assertThat(backend.getString("id")).isEqualTo(id);
        assertThat(backend.getString("transport")).isEqualTo("udp");
        assertThat(backend.getString("address")).isEqualTo(id.substring("udp:".length()));
        assertThat(backend.getInt("weight")).isEqualTo(3);
        assertThat(backend.getInt("priority")).isEqualTo(1);
        assertThat(backend.getString("zone")).isEqualTo("eu-west-1a");
        assertThat(backend.getString("adminState")).isEqualTo("DRAIN");
        assertThat(backend.getString("healthState")).isEqualTo("UP");
        assertThat(backend.getString("eligibility")).isEqualTo("ESTABLISHED_ONLY");
        assertThat(backend.getString("reason")).isEqualTo("asked for by \"ops\"");
        assertThat(backend.getInt("counters.icmpErrors")).isEqualTo(1);
        assertThat(backend.getInt("counters.calls")).isZero();
    }

    @Test
    void readyAndLiveSayWhyNot() throws Exception {
        AdminServer server = open(Optional.empty());
        assertThat(get(server, "/ready").statusCode()).isEqualTo(200);
        assertThat(get(server, "/live").body()).isEqualTo("{\"live\":true,\"reasons\":[]}\n");
        missing.add("pool media has no eligible backend");
        stuck.add("loop 1 has not answered");
        assertThat(get(server, "/ready").statusCode()).isEqualTo(503);
        assertThat(json(get(server, "/ready")).getStringList("reasons"))
                .containsExactly("pool media has no eligible backend");
        assertThat(get(server, "/live").statusCode()).isEqualTo(503);
        assertThat(json(get(server, "/live")).getBoolean("live")).isFalse();
    }

    @Test
    void theIndexListsThePagesAndAQueryIsIgnored() throws Exception {
        AdminServer server = open(Optional.empty());
        assertThat(json(get(server, "/?x=1")).getStringList("pages"))
                .contains("/metrics", "/ready", "/live", "/backends");
    }

    @Test
    void readyAndLiveNeedNoTokenAndSayLittleWithoutIt() throws Exception {
        AdminServer server = open(Optional.of("s3cret"));
        missing.add("pool media has no eligible backend");
        HttpResponse<String> ready = get(server, "/ready?x=1");
        assertThat(ready.statusCode()).isEqualTo(503);
        assertThat(ready.body()).isEqualTo("{\"ready\":false}\n");
        HttpResponse<String> live = send(request(server, "/live").header("Authorization", "Bearer wrong"));
        assertThat(live.statusCode()).isEqualTo(200);
        assertThat(live.body()).isEqualTo("{\"live\":true}\n");
        HttpResponse<String> known = send(request(server, "/ready").header("Authorization", "Bearer s3cret"));
        assertThat(json(known).getStringList("reasons")).hasSize(1);
        assertThat(send(request(server, "/live").POST(HttpRequest.BodyPublishers.noBody()))
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    void aTokenIsAskedForOnEveryOtherPath() throws Exception {
        AdminServer server = open(Optional.of("s3cret"));
        for (String path : List.of("/", "/metrics", "/backends", "/nothing", "/ready/", "/livex")) {
            HttpResponse<String> refused = get(server, path);
            assertThat(refused.statusCode()).isEqualTo(401);
            assertThat(refused.headers().firstValue("www-authenticate")).contains("Bearer realm=\"strowger\"");
        }
        for (String wrong : List.of("Bearer s3cre", "Bearer s3cret2", "Bearer ", "Bearer", "Basic s3cret", "s3cret")) {
            assertThat(send(request(server, "/backends").header("Authorization", wrong))
                            .statusCode())
                    .as(wrong)
                    .isEqualTo(401);
        }
        for (String right : List.of("Bearer s3cret", "bearer s3cret")) {
            assertThat(send(request(server, "/backends").header("Authorization", right))
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void unknownPathsAndMethodsAreAnsweredInJson() throws Exception {
        AdminServer server = open(Optional.empty());
        HttpResponse<String> notFound = get(server, "/metric");
        assertThat(notFound.statusCode()).isEqualTo(404);
        assertThat(json(notFound).getString("error")).startsWith("no such page: /metric (expected: one of [/, ");
        HttpResponse<String> notAllowed =
                send(request(server, "/metrics").POST(HttpRequest.BodyPublishers.ofString("x")));
        assertThat(notAllowed.statusCode()).isEqualTo(405);
        assertThat(notAllowed.headers().firstValue("allow")).contains("GET, HEAD");
        assertThat(json(notAllowed).getString("error")).isEqualTo("POST (expected: GET or HEAD)");
    }

    @Test
    void headHasTheHeadersOfGetAndNoBody() throws Exception {
        AdminServer server = open(Optional.empty());
        HttpResponse<String> head = send(request(server, "/live").method("HEAD", HttpRequest.BodyPublishers.noBody()));
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValueAsLong("content-length"))
                .hasValue(get(server, "/live").body().length());
    }

    @Test
    void aConnectionServesManyRequestsUntilOneAsksForItsEnd() throws Exception {
        try (Socket socket = connect(open(Optional.empty()))) {
            String first = "GET /live HTTP/1.1\r\nHost: a\r\n\r\n";
            String last = "GET /live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write((first + first + last).getBytes(US_ASCII));
            assertThat(readAll(socket).split("HTTP/1.1 200 OK", -1)).hasSize(4);
        }
    }

    @Test
    void oversizedRequestsAreRefusedAndTheConnectionCloses() throws Exception {
        AdminServer server = open(Optional.empty());
        String long9k = "x".repeat(9_000);
        assertThat(exchange(server, "GET /" + long9k + " HTTP/1.1\r\nHost: a\r\n\r\n"))
                .startsWith("HTTP/1.1 414 ");
        assertThat(exchange(server, "GET / HTTP/1.1\r\nHost: a\r\nX: " + long9k + "\r\n\r\n"))
                .startsWith("HTTP/1.1 431 ");
        assertThat(exchange(server, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999\r\n\r\n"))
                .startsWith("HTTP/1.1 413 ");
        assertThat(exchange(server, "\u0001\u0002 nonsense\r\n\r\n")).startsWith("HTTP/1.1 400 ");
        assertThat(get(server, "/live").statusCode()).isEqualTo(200);
    }

    @Test
    void aSilentConnectionIsClosed() throws Exception {
        AdminServer server = open(new AdminOptions(ANY_PORT, Optional.empty(), Duration.ofMillis(50), 100));
        try (Socket socket = connect(server)) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void connectionsBeyondTheLimitAreClosedAndThoseThatEndMakeRoom() throws Exception {
        AdminServer server = open(new AdminOptions(ANY_PORT, Optional.empty(), Duration.ofSeconds(30), 1));
        String live = "GET /live HTTP/1.1\r\nHost: a\r\n";
        try (Socket first = connect(server)) {
            first.getOutputStream().write((live + "\r\n").getBytes(US_ASCII));
            assertThat(first.getInputStream().read()).isEqualTo('H');
            try (Socket second = connect(server)) {
                assertThat(second.getInputStream().read()).isEqualTo(-1);
            }
            first.getOutputStream().write((live + "Connection: close\r\n\r\n").getBytes(US_ASCII));
            readAll(first);
        }
        Awaitility.await()
                .ignoreExceptions()
                .until(() ->
                        exchange(server, live + "Connection: close\r\n\r\n").startsWith("HTTP/1.1 200 "));
    }

    @Test
    void aFailingPageIsAnsweredAndTheServerLivesOn() throws Exception {
        AdminPages failing = new AdminPages(
                scrape,
                () -> {
                    throw new IllegalStateException("a test makes this page fail");
                },
                backendCounters,
                () -> missing,
                () -> stuck);
        AdminServer server = AdminServer.start(AdminOptions.of(ANY_PORT, Optional.empty()), failing);
        opened.add(server);
        assertThat(get(server, "/backends").statusCode()).isEqualTo(500);
        assertThat(get(server, "/live").statusCode()).isEqualTo(200);
    }

    @Test
    void anAddressInUseIsNamed() throws Exception {
        AdminServer server = open(Optional.empty());
        assertThatThrownBy(() -> open(AdminOptions.of(server.localAddress(), Optional.empty())))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("admin.bind: " + NetUtil.toSocketAddressString(server.localAddress()));
    }

    private AdminServer open(Optional<String> token) throws IOException {
        return open(AdminOptions.of(ANY_PORT, token));
    }

    private AdminServer open(AdminOptions options) throws IOException {
        AdminServer server = AdminServer.start(options, pages);
        opened.add(server);
        return server;
    }

    private static Config json(HttpResponse<String> response) {
        assertThat(response.headers().firstValue("content-type")).contains(AdminAnswer.JSON);
        return ConfigFactory.parseString(response.body());
    }

    private HttpResponse<String> get(AdminServer server, String path) throws Exception {
        return send(request(server, path));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(AdminServer server, String path) {
        return HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + server.localAddress().getPort() + path));
    }

    private static Socket connect(AdminServer server) throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout(10_000);
        socket.connect(server.localAddress());
        return socket;
    }

    private static String exchange(AdminServer server, String request) throws IOException {
        try (Socket socket = connect(server)) {
            socket.getOutputStream().write(request.getBytes(US_ASCII));
            return readAll(socket);
        }
    }

    private static String readAll(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        return new String(in.readAllBytes(), US_ASCII);
    }
}
