package org.strowger.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.strowger.health.HealthState;
import org.strowger.proxy.config.Loading;
import org.strowger.proxy.metrics.Counter;
import org.strowger.proxy.peers.SipPeer;
import org.strowger.proxy.peers.TcpServerPeer;
import org.strowger.proxy.peers.Text;
import org.strowger.proxy.peers.UdpPeer;
import org.strowger.proxy.peers.WebSocketPhone;
import org.strowger.proxy.peers.WebSocketServerPeer;
import org.strowger.sip.cookie.ClusterKey;

/** Browsers call and are called through a running proxy with two event loops (RFC 7118, RFC 5626). */
@Timeout(120)
final class WebSocketIT {
    private static final String CONTACT = "<sip:alice@df7jal23ls0d.invalid;transport=ws>";

    @TempDir
    private Path folder;

    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<Strowger> started = new ArrayList<>();

    /** What the backend speaks. */
    enum Inside {
        UDP,
        TCP,
        WS
    }

    /** A backend, and where it listens. */
    private record Backend(SipPeer peer, String address) {}

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    private Backend backend(Inside inside) throws IOException {
        return switch (inside) {
            case UDP -> backend(new UdpPeer(), "udp:127.0.0.1:%d");
            case TCP -> backend(new TcpServerPeer(), "tcp:127.0.0.1:%d");
            case WS -> backend(new WebSocketServerPeer("/sip/here"), "ws:127.0.0.1:%d/sip/here");
        };
    }

    private Backend backend(SipPeer peer, String form) {
        open.add(peer);
        IntSupplier port = peer instanceof UdpPeer udp
                ? udp::port
                : peer instanceof TcpServerPeer tcp ? tcp::port : ((WebSocketServerPeer) peer)::port;
        return new Backend(peer, form.formatted(port.getAsInt()));
    }

    private void start(Backend backend, String more) throws IOException {
        Keys keys = new Keys(ClusterKey.of(new byte[ClusterKey.LENGTH]), Optional.empty());
        Strowger strowger = Strowger.start(
                Loading.in(folder).loaded("""
                event-loops = 2
                listeners {
                  web { transport = ws, bind = "127.0.0.1:0" }
                  udp { transport = udp, bind = "127.0.0.1:0" }
                }
                pools { main { backends = [ "%s" ], health.probe = none, redispatch.other-after = off } }
                rules = [ { pool = main } ]
                %s
                """.formatted(backend.address(), more)),
                keys,
                new SplittableRandom(open.size()));
        started.add(strowger);
        open.add(strowger);
    }

    private void shutDown() {
        open.remove(strowger());
        strowger().close();
    }

    private Strowger strowger() {
        return started.get(started.size() - 1);
    }

    private WebSocketPhone phone() {
        WebSocketPhone phone = new WebSocketPhone(strowger().address("web"));
        open.add(phone);
        return phone;
    }

    private long count(Counter counter) {
        return strowger().counters().loop(0).get(counter)
                + strowger().counters().loop(1).get(counter);
    }

    private static String[] head(String method, String callId, String more) {
        return new String[] {
            "Via: SIP/2.0/WS df7jal23ls0d.invalid;branch=z9hG4bK" + callId + method,
            "Max-Forwards: 70",
            "From: <sip:alice@example.com>;tag=a" + more,
            "To: <sip:bob@example.com>",
            "Call-ID: " + callId,
            "CSeq: 1 " + method
        };
    }

    private static String[] fromBackend(String transport, String method, String callId, String toTag) {
        return new String[] {
            "Via: SIP/2.0/" + transport + " 127.0.0.1:7;rport;branch=z9hG4bK" + callId + method,
            "Max-Forwards: 70",
            "From: <sip:bob@example.com>;tag=callee",
            "To: <sip:alice@example.com>" + toTag,
            "Call-ID: " + callId,
            "CSeq: 2 " + method
        };
    }

    @ParameterizedTest
    @EnumSource(Inside.class)
    void aBrowserCallsAndIsHungUpOn(Inside inside) throws IOException {
        Backend backend = backend(inside);
        start(backend, "");
        SipPeer server = backend.peer();
        WebSocketPhone phone = phone();
        assertThat(phone.subProtocol()).isEqualTo("sip");
        phone.sendInPieces(Text.request(
                "INVITE sip:bob@example.com", Text.lines(head("INVITE", "c1", ""), "Contact: " + CONTACT)));
        String invite = server.receive("INVITE sip:bob@example.com SIP/2.0");
        assertThat(Text.values(invite, "Via").get(0)).startsWith("SIP/2.0/" + inside);
        assertThat(Text.values(invite, "Via").get(1)).endsWith(";received=127.0.0.1");
        assertThat(Text.value(invite, "Contact")).isEqualTo(CONTACT);
        List<String> route = Text.values(invite, "Record-Route");
        assertThat(route.get(route.size() - 1)).contains(";transport=ws;lr");
        server.send(Text.answer(invite, "200 OK", "Contact: <sip:bob@127.0.0.1:7>"));
        String ok = phone.receive("SIP/2.0 200 OK");
        assertThat(Text.values(ok, "Via")).hasSize(1);
        List<String> back = Text.reversed(Text.values(ok, "Record-Route"));
        phone.send(Text.request(
                "ACK sip:bob@127.0.0.1:7",
                Text.lines(
                        Text.routes(back),
                        head("ACK", "c1", "")[0],
                        "From: <sip:alice@example.com>;tag=a",
                        "To: <sip:bob@example.com>;tag=callee",
                        "Call-ID: c1",
                        "CSeq: 1 ACK",
                        "Max-Forwards: 70")));
        assertThat(Text.values(server.receive("ACK "), "Route")).isEmpty();
        server.send(Text.request(
                "BYE sip:alice@df7jal23ls0d.invalid;transport=ws",
                Text.lines(Text.routes(route), fromBackend(inside.name(), "BYE", "c1", ";tag=a"))));
        String bye = phone.receive("BYE sip:alice@df7jal23ls0d.invalid;transport=ws SIP/2.0");
        assertThat(Text.value(bye, "Via")).startsWith("SIP/2.0/WS ");
        phone.send(Text.answer(bye, "200 OK"));
        server.receive("SIP/2.0 200 OK");
    }

    private List<String> register(SipPeer registrar, WebSocketPhone phone, String callId) {
        phone.send(Text.request(
                "REGISTER sip:example.com",
                Text.lines(
                        head("REGISTER", callId, ""),
                        "Supported: path, gruu, outbound",
                        "Contact: " + CONTACT + ";reg-id=1;+sip.instance=\"<urn:uuid:1>\"")));
        String register = registrar.receive("REGISTER sip:example.com SIP/2.0");
        registrar.send(Text.answer(register, "200 OK", "Contact: " + CONTACT + ";expires=600"));
        phone.receive("SIP/2.0 200 OK");
        List<String> path = Text.values(register, "Path");
        assertThat(path).allSatisfy(one -> assertThat(one).endsWith(";ob>"));
        assertThat(path.get(path.size() - 1)).contains(";transport=ws;lr;ob>");
        return path;
    }

    private static String invite(Inside inside, List<String> path, String callId) {
        return Text.request(
                "INVITE sip:alice@df7jal23ls0d.invalid;transport=ws",
                Text.lines(
                        Text.routes(path),
                        Text.lines(
                                fromBackend(inside.name(), "INVITE", callId, ""), "Contact: <sip:bob@127.0.0.1:7>")));
    }

    @ParameterizedTest
    @EnumSource(Inside.class)
    void aRegisteredBrowserIsCalledAndHangsUp(Inside inside) throws IOException {
        Backend backend = backend(inside);
        start(backend, "");
        WebSocketPhone phone = phone();
        List<String> path = register(backend.peer(), phone, "r1");
        backend.peer().send(invite(inside, path, "c2"));
        String invite = phone.receive("INVITE sip:alice@df7jal23ls0d.invalid;transport=ws SIP/2.0");
        assertThat(Text.values(invite, "Route")).isEmpty();
        phone.send(Text.answer(invite, "200 OK", "Contact: " + CONTACT));
        String ok = backend.peer().receive("SIP/2.0 200 OK");
        backend.peer()
                .send(Text.request(
                        "ACK sip:alice@df7jal23ls0d.invalid;transport=ws",
                        Text.lines(
                                Text.routes(Text.reversed(Text.values(ok, "Record-Route"))),
                                fromBackend(inside.name(), "ACK", "c2", ";tag=phone"))));
        phone.receive("ACK ");
        phone.send(Text.request(
                "BYE sip:bob@127.0.0.1:7",
                Text.lines(
                        Text.routes(Text.values(invite, "Record-Route")),
                        "Via: SIP/2.0/WS df7jal23ls0d.invalid;branch=z9hG4bKbye",
                        "Max-Forwards: 70",
                        "From: <sip:alice@example.com>;tag=phone",
                        "To: <sip:bob@example.com>;tag=callee",
                        "Call-ID: c2",
                        "CSeq: 7 BYE")));
        String bye = backend.peer().receive("BYE ");
        backend.peer().send(Text.answer(bye, "200 OK"));
        phone.receive("SIP/2.0 200 OK");
    }

    @Test
    void aBrowserWhoseConnectionIsGoneIsAnsweredForUntilItRegistersAgain() throws IOException {
        Backend backend = backend(Inside.UDP);
        start(backend, "");
        // On both loops, so that the one that owns the connection is not always the one that gets the request.
        for (int i = 0; i < 8; i++) {
            WebSocketPhone phone = phone();
            List<String> path = register(backend.peer(), phone, "r" + i);
            long closedBefore = count(Counter.WEBSOCKET_CLOSED);
            phone.abort();
            await().until(() -> count(Counter.WEBSOCKET_CLOSED) > closedBefore);
            backend.peer().send(invite(Inside.UDP, path, "gone" + i));
            backend.peer().receive("SIP/2.0 430 Flow Failed");
            WebSocketPhone again = phone();
            backend.peer().send(invite(Inside.UDP, register(backend.peer(), again, "again" + i), "back" + i));
            again.receive("INVITE ");
        }
    }

    @Test
    void aRestartedProxyReachesNobodyByAConnectionOfItsEarlierLife() throws IOException {
        Backend backend = backend(Inside.UDP);
        start(backend, "");
        List<String> path = register(backend.peer(), phone(), "r1");
        shutDown();
        start(backend, "");
        WebSocketPhone stranger = phone();
        register(backend.peer(), stranger, "r2");
        ((UdpPeer) backend.peer()).sendTo(strowger().address("udp"));
        backend.peer().send(invite(Inside.UDP, path, "late"));
        backend.peer().receive("SIP/2.0 430 Flow Failed");
        assertThat(stranger.hasReceived()).isFalse();
    }

    @Test
    void nobodyIsEverConnectedToForABrowsersContact() throws IOException {
        Backend backend = backend(Inside.UDP);
        start(backend, "");
        register(backend.peer(), phone(), "r1");
        for (String uri : List.of("sip:alice@df7jal23ls0d.INVALID", "sip:alice@127.0.0.1:9;transport=ws")) {
            backend.peer().send(Text.request("OPTIONS " + uri, fromBackend("UDP", "OPTIONS", "o" + uri.length(), "")));
            backend.peer().receive("SIP/2.0 430 Flow Failed");
        }
    }

    @Test
    void bothKindsOfKeepAliveAreAnswered() throws IOException {
        start(backend(Inside.UDP), "");
        WebSocketPhone phone = phone();
        phone.send("\r\n\r\n");
        assertThat(phone.receive()).isEqualTo("\r\n");
        phone.send("\r\n");
        phone.sendInPieces("\r\n\r\n");
        assertThat(phone.receive()).isEqualTo("\r\n");
        assertThat(count(Counter.WEBSOCKET_PING_ANSWERED)).isEqualTo(1);
    }

    @Test
    void aSilentBrowserIsPingedAndADeadOneIsGivenUp() throws IOException {
        start(backend(Inside.UDP), "websocket { ping = 1s, pong-timeout = 2s }");
        WebSocketPhone alive = phone();
        open.add(handshake());
        await().atMost(Duration.ofSeconds(30)).until(() -> count(Counter.TCP_CLOSED_NO_PONG) == 1);
        await().atMost(Duration.ofSeconds(30)).until(() -> count(Counter.WEBSOCKET_PONG_RECEIVED) >= 2);
        assertThat(alive.closed()).isNotDone();
    }

    /** A connection that says nothing after its handshake. */
    private java.net.Socket handshake() throws IOException {
        java.net.Socket socket = new java.net.Socket(
                strowger().address("web").getAddress(),
                strowger().address("web").getPort());
        socket.getOutputStream().write("""
                        GET / HTTP/1.1
                        Host: x
                        Upgrade: websocket
                        Connection: Upgrade
                        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
                        Sec-WebSocket-Version: 13
                        Sec-WebSocket-Protocol: sip

                        """.replace("\n", "\r\n").getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        return socket;
    }

    /** Frames in hexadecimal, masked with 0 where they have to be, and the close frame that answers. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "unmasked, 810141, 880203ea, UNMASKED",
        "reserved bit, c180, 880203ea, RESERVED_BITS",
        "control in pieces, 098000000000, 880203ea, FRAGMENTED_CONTROL",
        "not UTF-8, 818200000000c328, 880203ef, NOT_UTF8",
        "too big, 82ff0000000000100000, 880203f1, TOO_BIG",
        "not SIP, 81820000000016 03, 880203eb, NOT_SIP",
        "goodbye, 88820000000003e8, 880203e8,",
        "goodbye without code, 888000000000, 8800,"
    })
    void theCloseCodeSaysWhatWasWrong(String name, String frame, String answer, @Nullable String cause)
            throws IOException {
        start(backend(Inside.UDP), "");
        try (java.net.Socket socket = handshake()) {
            socket.setSoTimeout(20_000);
            String head = "";
            while (!head.endsWith("\r\n\r\n")) {
                head += (char) socket.getInputStream().read();
            }
            assertThat(head).startsWith("HTTP/1.1 101 ");
            socket.getOutputStream().write(HexFormat.of().parseHex(frame.replace(" ", "")));
            byte[] rest = socket.getInputStream().readAllBytes();
            assertThat(HexFormat.of().formatHex(rest)).isEqualTo(answer);
        }
        if (cause != null) {
            assertThat(count(Counter.valueOf("WEBSOCKET_VIOLATION_" + cause))).isEqualTo(1);
        }
    }

    @Test
    void aStoppingProxySaysThatItGoesAway() throws IOException {
        start(backend(Inside.UDP), "");
        WebSocketPhone phone = phone();
        shutDown();
        assertThat(phone.closed().join()).isEqualTo(1001);
    }

    @Test
    void onlyListedOriginsAreWelcome() throws IOException {
        start(backend(Inside.UDP), "listeners.web.origins = [\"https://*.example.com\"]");
        open.add(new WebSocketPhone(strowger().address("web"), Map.of("Origin", "https://app.example.com")));
        phone();
        assertThatThrownBy(() -> new WebSocketPhone(strowger().address("web"), Map.of("Origin", "https://example.org")))
                .rootCause()
                .hasMessageContaining("403");
        assertThat(count(Counter.WEBSOCKET_REFUSED_ORIGIN)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"options", "websocket"})
    void aBackendIsProbedOverItsWebSocket(String probe) throws IOException {
        WebSocketServerPeer server = new WebSocketServerPeer("/sip/here");
        open.add(server);
        Backend backend = new Backend(server, "ws:127.0.0.1:" + server.port() + "/sip/here");
        start(backend, "pools.main.health { probe = " + probe + ", interval = 300ms }");
        if (probe.equals("options")) {
            String options = server.receive("OPTIONS ");
            assertThat(Text.value(options, "Via")).startsWith("SIP/2.0/WS ");
            server.send(Text.answer(options, "200 OK"));
        }
        await().atMost(Duration.ofSeconds(20)).until(() -> health(backend) == HealthState.UP);
        open.remove(server);
        server.close();
        await().atMost(Duration.ofSeconds(20)).until(() -> health(backend) == HealthState.DOWN);
    }

    private HealthState health(Backend backend) {
        String id = backend.address().replaceAll("/.*", "");
        return strowger().health().of("main", id).orElseThrow().state().health();
    }

    @Test
    void aBackendThatDropsTheConnectionIsConnectedToAgain() throws IOException {
        Backend backend = backend(Inside.WS);
        start(backend, "");
        WebSocketServerPeer server = (WebSocketServerPeer) backend.peer();
        WebSocketPhone phone = phone();
        register(server, phone, "r1");
        server.drop();
        await().ignoreExceptions().until(() -> {
            phone.send(Text.request("OPTIONS sip:bob@example.com", head("OPTIONS", "o", "")));
            return server.hasReceived();
        });
        assertThat(server.connections()).isGreaterThanOrEqualTo(2);
    }
}
