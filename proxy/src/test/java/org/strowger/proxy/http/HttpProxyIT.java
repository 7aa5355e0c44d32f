package org.strowger.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.strowger.health.Eligibility;
import org.strowger.proxy.metrics.BackendCounter;
import org.strowger.proxy.metrics.Counter;

/** The HTTP side with real sockets, between clients and backends that are plain streams of bytes. */
@Timeout(60)
class HttpProxyIT {
    private static final Duration LONG = HttpSetup.LONG;
    private static final Duration SHORT = Duration.ofMillis(200);
    private final List<AutoCloseable> closing = new ArrayList<>();

    private <T extends AutoCloseable> T open(T one) {
        closing.add(0, one);
        return one;
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : closing) {
            one.close();
        }
    }

    private PlainBackend backend(PlainBackend.Speaker speaker) throws IOException {
        return open(new PlainBackend(speaker));
    }

    private HttpSetup proxy(PlainBackend... backends) {
        return open(new HttpSetup(
                java.util.Arrays.stream(backends).map(PlainBackend::address).toArray(InetSocketAddress[]::new)));
    }

    private Talk talk(HttpSetup setup) throws IOException {
        return open(new Talk(setup.address()));
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Test
    void oneConnectionCarriesManyRequestsBothWays() throws IOException {
        PlainBackend a = open(PlainBackend.named("a"));
        HttpSetup setup = proxy(a);
        Talk talk = talk(setup);

        for (int i = 0; i < 20; i++) {
            assertThat(talk.get("/" + i).read().body()).isEqualTo("a");
        }

        assertThat(setup.count(Counter.HTTP_BACKEND_CONNECTIONS_OPENED)).isEqualTo(1);
        assertThat(setup.count(Counter.HTTP_BACKEND_CONNECTIONS_REUSED)).isEqualTo(19);
        assertThat(a.heads.get(3))
                .startsWith("GET /3 HTTP/1.1\r\nHost: app\r\n")
                .contains("X-Forwarded-For: 127.0.0.1\r\n");
    }

    @Test
    void requestsSentAheadAreAnsweredInOrder() throws IOException {
        HttpSetup setup = proxy(open(new PlainBackend((head, in, out) -> {
            String path = head.substring(4, head.indexOf(' ', 4));
            PlainBackend.write(out, "HTTP/1.1 200 OK\r\nContent-Length: " + path.length() + "\r\n\r\n" + path);
            return true;
        })));
        Talk talk = talk(setup);
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 50; i++) {
            all.append("GET /").append(i).append(" HTTP/1.1\r\nHost: a\r\n\r\n");
        }
        talk.send(all.toString());

        for (int i = 0; i < 50; i++) {
            assertThat(talk.read().body()).isEqualTo("/" + i);
        }
    }

    @Test
    void whatIsRefusedEndsTheConnectionAndReachesNobody() throws IOException {
        PlainBackend a = open(PlainBackend.named("a"));
        HttpSetup setup = proxy(a);
        Talk talk = talk(setup);

        talk.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n");
        talk.send("0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");

        Talk.Answer answer = talk.read();
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.field("Connection")).isEqualTo("close");
        assertThat(talk.isEnded()).isTrue();
        assertThat(a.heads).isEmpty();
        assertThat(setup.count(Counter.HTTP_REFUSED)).isEqualTo(1);
    }

    @Test
    void rulesRefuseAndUnknownPathsToo() throws IOException {
        Talk talk = talk(proxy(open(PlainBackend.named("a"))));

        assertThat(talk.get("/secret/x").read().status()).isEqualTo(403);
        assertThat(talk.get("/x/..%2fsecret").read().status()).isEqualTo(403);
        assertThat(talk.get("/x").read().status()).isEqualTo(200);
    }

    @Test
    void chunksAndTrailersPassBothWays() throws IOException {
        HttpSetup setup = proxy(backend((head, in, out) -> {
            assertThat(head).contains("Transfer-Encoding: chunked\r\n");
            StringBuilder body = new StringBuilder();
            while (!body.toString().endsWith("\r\n\r\n")) {
                body.append((char) in.read());
            }
            PlainBackend.write(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n");
            String text = body.toString().replace("\r\n", ";");
            PlainBackend.write(out, Integer.toHexString(text.length()) + "\r\n" + text + "\r\n0\r\nX-T: 1\r\n\r\n");
            return true;
        }));
        Talk talk = talk(setup);
        talk.send(
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;ext=1\r\nabc\r\n0\r\nX-R: 2\r\n\r\n");

        String head = PlainBackend.head(talk.in);
        String body = PlainBackend.head(talk.in);
        assertThat(head).contains("Transfer-Encoding: chunked");
        assertThat(body).isEqualTo("14\r\n3;abc;0;X-R: 2;;\r\n0\r\nX-T: 1\r\n\r\n".replace("14", "10"));
    }

    @Test
    void bodiesWithoutEndAndWithoutBodyAreFramed() throws IOException {
        HttpSetup setup = proxy(backend((head, in, out) -> {
            if (head.startsWith("HEAD")) {
                PlainBackend.write(out, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
                return true;
            }
            if (head.startsWith("GET /304")) {
                PlainBackend.write(out, "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n");
                return true;
            }
            if (head.startsWith("GET /204")) {
                PlainBackend.write(out, "HTTP/1.1 204 No Content\r\n\r\n");
                return true;
            }
            PlainBackend.write(out, "HTTP/1.0 200 OK\r\n\r\nuntil the end");
            return false;
        }));
        Talk talk = talk(setup);

        talk.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(PlainBackend.head(talk.in)).contains("Content-Length: 1000");
        assertThat(talk.get("/304").read().status()).isEqualTo(304);
        assertThat(talk.get("/204").read().head()).doesNotContain("Content-Length");
        assertThat(talk.get("/").read().body()).isEqualTo("d\r\nuntil the end\r\n0\r\n\r\n");
        talk.send("GET / HTTP/1.0\r\n\r\n");
        assertThat(new String(talk.in.readAllBytes(), java.nio.charset.StandardCharsets.US_ASCII))
                .contains("Connection: close")
                .endsWith("\r\n\r\nuntil the end");
    }

    @Test
    void expectationsAreTheBackends() throws IOException {
        HttpSetup setup = proxy(backend((head, in, out) -> {
            if (head.startsWith("PUT /no")) {
                PlainBackend.write(out, "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
                return false;
            }
            assertThat(head).contains("Expect: 100-continue");
            PlainBackend.write(out, "HTTP/1.1 100 Continue\r\n\r\n");
            String body = new String(in.readNBytes(5), java.nio.charset.StandardCharsets.US_ASCII);
            PlainBackend.write(out, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + body);
            return true;
        }));
        Talk talk = talk(setup);
        String expecting = " HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";

        assertThat(talk.send("PUT /a" + expecting).read().status()).isEqualTo(100);
        assertThat(talk.send("hello").read().body()).isEqualTo("hello");
        Talk.Answer refused = talk.send("PUT /no" + expecting).read();
        assertThat(refused.status()).isEqualTo(413);
        assertThat(refused.field("Connection")).isEqualTo("close");
        assertThat(talk.isEnded()).isTrue();
    }

    @Test
    void aClientKeepsItsBackendOverRestartAndDrain() throws IOException {
        PlainBackend a = open(PlainBackend.named("a"));
        PlainBackend b = open(PlainBackend.named("b"));
        HttpSetup first = proxy(a, b);
        Talk.Answer fresh = talk(first).get("/").read();
        String cookie = fresh.field("Set-Cookie");
        String pair = "Cookie: x=y; " + cookie.substring(0, cookie.indexOf(';'));
        assertThat(cookie).matches("STROWGER=[\\w-]{22}; Path=/; HttpOnly; SameSite=Lax");

        HttpSetup second = proxy(a, b);
        Talk talk = talk(second);
        for (int i = 0; i < 10; i++) {
            Talk.Answer again = talk.get("/", pair).read();
            assertThat(again.body()).isEqualTo(fresh.body());
            assertThat(again.field("Set-Cookie")).isEmpty();
        }
        int mine = fresh.body().equals("a") ? 0 : 1;
        second.set(mine, Eligibility.ESTABLISHED_ONLY);
        assertThat(talk.get("/", pair).read().body()).isEqualTo(fresh.body());
        assertThat(talk.get("/").read().body()).isNotEqualTo(fresh.body());

        second.set(mine, Eligibility.NONE);
        Talk.Answer moved = talk.get("/", pair).read();
        assertThat(moved.body()).isNotEqualTo(fresh.body());
        assertThat(moved.field("Set-Cookie")).startsWith("STROWGER=").isNotEqualTo(cookie);
        assertThat(second.count(Counter.HTTP_STICKY_MOVED)).isEqualTo(1);
        assertThat(second.count(Counter.HTTP_STICKY_KEPT)).isEqualTo(11);
        assertThat(talk.get("/", "Cookie: STROWGER=AAAAAAAAAAAAAAAAAAAAAA")
                        .read()
                        .status())
                .isEqualTo(200);
        assertThat(second.count(Counter.HTTP_STICKY_FORGED)).isEqualTo(1);
    }

    @Test
    void aDeadBackendCostsNobodyARequestAndMovesItsClients() throws IOException {
        PlainBackend a = open(PlainBackend.named("a"));
        InetSocketAddress dead = new InetSocketAddress(InetAddress.getLoopbackAddress(), closedPort());
        HttpSetup setup = open(new HttpSetup(a.address(), dead));
        Talk talk = talk(setup);

        for (int i = 0; i < 10; i++) {
            Talk.Answer answer = talk.get("/").read();
            assertThat(answer.body()).isEqualTo("a");
            assertThat(answer.field("Set-Cookie")).isNotEmpty();
        }
        assertThat(setup.count(1, BackendCounter.CONNECT_FAILURES)).isBetween(1L, 10L);
        assertThat(setup.count(Counter.HTTP_RETRIES)).isEqualTo(setup.count(1, BackendCounter.CONNECT_FAILURES));

        HttpSetup alone = open(new HttpSetup(dead));
        assertThat(talk(alone).get("/").read().status()).isEqualTo(502);
        assertThat(alone.count(Counter.HTTP_TROUBLE_CONNECT_FAILED)).isEqualTo(1);
        alone.set(0, Eligibility.NONE);
        assertThat(talk(alone).get("/").read().status()).isEqualTo(503);
    }

    @Test
    void aRequestOnAConnectionThatHadEndedIsRepeatedIfItMayBe() throws IOException {
        CountDownLatch end = new CountDownLatch(1);
        Set<String> seen = java.util.concurrent.ConcurrentHashMap.newKeySet();
        PlainBackend a = backend((head, in, out) -> {
            if (head.contains("/die") && seen.add(head.substring(0, 10))) {
                return false;
            }
            PlainBackend.write(out, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na");
            return true;
        });
        HttpSetup setup = proxy(a);
        Talk talk = talk(setup);
        assertThat(talk.get("/").read().status()).isEqualTo(200);
        assertThat(talk.get("/die").read().status()).isEqualTo(200);
        assertThat(setup.count(Counter.HTTP_RETRIES)).isEqualTo(1);
        talk.send("POST /die HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
        assertThat(talk.read().status()).isEqualTo(502);
        assertThat(setup.count(Counter.HTTP_RETRIES)).isEqualTo(1);
        assertThat(setup.count(0, BackendCounter.RESETS)).isEqualTo(1);
        end.countDown();
    }

    @Test
    void timesRunOut() throws IOException {
        PlainBackend silent = backend((head, in, out) -> {
            if (head.contains("/half")) {
                PlainBackend.write(out, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
            }
            return in.read() >= 0;
        });
        HttpSetup setup = proxy(silent).times(new HttpOptions.Times(SHORT, SHORT, LONG, SHORT, SHORT, SHORT, LONG));

        assertThat(talk(setup).get("/").read().status()).isEqualTo(504);
        assertThat(setup.count(0, BackendCounter.NO_RESPONSE)).isEqualTo(1);
        Talk half = talk(setup).get("/half");
        assertThat(new String(half.in.readAllBytes(), java.nio.charset.StandardCharsets.US_ASCII))
                .endsWith("half");
        assertThat(setup.count(Counter.HTTP_TROUBLE_STALLED)).isEqualTo(1);
        Talk slow = talk(setup).send("GET / HTTP/1.1\r\nHo");
        assertThat(slow.read().status()).isEqualTo(408);
        assertThat(setup.count(Counter.HTTP_TROUBLE_SLOW_REQUEST)).isEqualTo(1);
        assertThat(talk(setup).isEnded()).isTrue();
        assertThat(talk(setup).get("/secret").read().status()).isEqualTo(403);
        Talk idle = talk(setup).get("/secret");
        assertThat(idle.read().status()).isEqualTo(403);
        assertThat(idle.isEnded()).isTrue();
        Talk body = talk(setup).send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
        assertThat(body.read().status()).isEqualTo(408);
    }

    @Test
    void aResponseThatIsNotHttpIsNotPassedOn() throws IOException {
        HttpSetup setup = proxy(backend((head, in, out) -> {
            PlainBackend.write(
                    out,
                    head.contains("/a")
                            ? "HTTP/1.1 200 OK\nContent-Length: 1\n\na"
                            : "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
            return true;
        }));
        Talk talk = talk(setup);

        assertThat(talk.get("/a").read().status()).isEqualTo(502);
        assertThat(talk.get("/b").read().status()).isEqualTo(502);
        assertThat(setup.count(Counter.HTTP_TROUBLE_BAD_RESPONSE)).isEqualTo(2);
    }

    @Test
    void bytesThatNobodyAskedForAreNoAnswer() throws IOException {
        HttpSetup setup = proxy(backend((head, in, out) -> {
            String one = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na";
            PlainBackend.write(out, head.contains("/two") ? one + one.replace("\r\n\r\na", "\r\n\r\nX") : one);
            return true;
        }));
        Talk talk = talk(setup);

        assertThat(talk.get("/two").read().body()).isEqualTo("a");
        for (int i = 0; i < 5; i++) {
            assertThat(talk.get("/one").read().body()).isEqualTo("a");
        }
    }

    @Test
    void aSlowReaderHoldsTheBackendNotTheMemory() throws Exception {
        long size = 64L << 20;
        CountDownLatch written = new CountDownLatch(1);
        HttpSetup setup = proxy(backend((head, in, out) -> {
            PlainBackend.write(out, "HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n");
            byte[] block = new byte[1 << 16];
            for (long sent = 0; sent < size; sent += block.length) {
                out.write(block);
            }
            written.countDown();
            return true;
        }));
        Talk talk = talk(setup).get("/");
        assertThat(PlainBackend.head(talk.in)).contains("Content-Length: " + size);
        // Kernel buffers of two connections take some megabytes; the rest must wait at the backend.
        assertThat(written.await(1, TimeUnit.SECONDS)).isFalse();
        long pending = memory();
        assertThat(pending).isLessThan(16L << 20);

        assertThat(skip(talk.in, size)).isEqualTo(size);
        assertThat(written.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(talk.get("/secret").read().status()).isEqualTo(403);
    }

    @Test
    void aSlowBackendHoldsTheClientNotTheMemory() throws Exception {
        long size = 64L << 20;
        CountDownLatch go = new CountDownLatch(1);
        HttpSetup setup = proxy(backend((head, in, out) -> {
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            PlainBackend.write(out, skip(in, size) == size ? "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" : "");
            return true;
        }));
        Talk talk = talk(setup).send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: " + size + "\r\n\r\n");
        CountDownLatch sent = new CountDownLatch(1);
        Thread writer = new Thread(() -> {
            try {
                byte[] block = new byte[1 << 16];
                for (long at = 0; at < size; at += block.length) {
                    talk.out.write(block);
                }
                sent.countDown();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        writer.start();

        assertThat(sent.await(1, TimeUnit.SECONDS)).isFalse();
        assertThat(memory()).isLessThan(16L << 20);
        go.countDown();
        assertThat(talk.read().status()).isEqualTo(200);
        writer.join();
    }

    private static long memory() {
        return ((io.netty.buffer.ByteBufAllocatorMetricProvider) io.netty.buffer.ByteBufAllocator.DEFAULT)
                .metric()
                .usedDirectMemory();
    }

    private static long skip(InputStream in, long size) throws IOException {
        byte[] block = new byte[1 << 16];
        long read = 0;
        while (read < size) {
            int n = in.read(block, 0, (int) Math.min(block.length, size - read));
            if (n < 0) {
                return read;
            }
            read += n;
        }
        return read;
    }

    @Test
    void aWebSocketIsATunnelWithTwoEnds() throws IOException {
        HttpSetup setup = proxy(backend((head, in, out) -> {
            assertThat(head).contains("Upgrade: websocket\r\n").contains("Connection: Upgrade\r\n");
            PlainBackend.write(
                    out,
                    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            + "Sec-WebSocket-Accept: x\r\n\r\nhello");
            int b = in.read();
            while (b >= 0) {
                out.write(b);
                b = in.read();
            }
            PlainBackend.write(out, "bye");
            return false;
        }));
        Talk talk = talk(setup);
        talk.get(
                "/ws",
                "Connection: Upgrade",
                "Upgrade: websocket",
                "Sec-WebSocket-Key: k",
                "Sec-WebSocket-Version: 13");

        Talk.Answer answer = talk.read();
        assertThat(answer.status()).isEqualTo(101);
        assertThat(answer.field("Set-Cookie")).startsWith("STROWGER=");
        assertThat(answer.field("Sec-WebSocket-Accept")).isEqualTo("x");
        assertThat(talk.in.readNBytes(5)).asString().isEqualTo("hello");
        for (int i = 0; i < 100; i++) {
            talk.send("echo");
            assertThat(talk.in.readNBytes(4)).asString().isEqualTo("echo");
        }
        talk.socket.shutdownOutput();
        assertThat(talk.in.readAllBytes()).asString().isEqualTo("bye");
        assertThat(setup.count(Counter.HTTP_TUNNELS)).isEqualTo(1);
        assertThat(setup.count(Counter.HTTP_TUNNEL_BYTES)).isEqualTo(808);
    }

    @Test
    void aRefusedHandshakeIsAnAnswerAndATunnelEndsWithItsBackend() throws IOException {
        PlainBackend a = backend((head, in, out) -> {
            if (head.contains("/no")) {
                PlainBackend.write(out, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
                return true;
            }
            PlainBackend.write(out, "HTTP/1.1 101 Switching Protocols\r\n\r\n");
            return in.read() >= 0;
        });
        HttpSetup setup = proxy(a);
        String[] fields = {"Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: k"};

        assertThat(talk(setup).get("/no", fields).read().status()).isEqualTo(403);
        Talk talk = talk(setup).get("/ws", fields);
        assertThat(talk.read().status()).isEqualTo(101);
        talk.send("x");
        a.close();
        assertThat(talk.isEnded()).isTrue();
    }

    @Test
    void aHandshakeForTheDoorIsTheDoors() throws IOException {
        HttpSetup setup = proxy(open(PlainBackend.named("a"))).door(new WebSocketDoor() {
            @Override
            public boolean wants(io.netty.handler.codec.http.HttpHeaders fields) {
                return fields.contains("Sec-WebSocket-Protocol", "sip", true);
            }

            @Override
            public void enter(io.netty.channel.Channel channel, io.netty.buffer.ByteBuf handshake) {
                var unused = channel.writeAndFlush(handshake);
            }
        });
        Talk talk = talk(setup);
        assertThat(talk.get("/").read().body()).isEqualTo("a");
        talk.get(
                "/s",
                "Connection: Upgrade",
                "Upgrade: websocket",
                "Sec-WebSocket-Key: k",
                "Sec-WebSocket-Protocol: sip");

        assertThat(PlainBackend.head(talk.in))
                .startsWith("GET /s HTTP/1.1\r\n")
                .contains("Host: app\r\n", "Sec-WebSocket-Key: k\r\n", "Upgrade: websocket\r\n");
        assertThat(setup.loop().clients()).isZero();
    }

    @Test
    void drainingEndsConnectionsWithWhatTheyAreDoing() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        HttpSetup setup = proxy(backend((head, in, out) -> {
            asked.countDown();
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            PlainBackend.write(out, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na");
            return true;
        }));
        Talk busy = talk(setup).get("/");
        Talk idle = talk(setup).get("/secret");
        assertThat(idle.read().status()).isEqualTo(403);
        asked.await();

        setup.run(setup.loop()::drain);

        assertThat(idle.isEnded()).isTrue();
        go.countDown();
        Talk.Answer last = busy.read();
        assertThat(last.status()).isEqualTo(200);
        assertThat(last.field("Connection")).isEqualTo("close");
        assertThat(busy.isEnded()).isTrue();
    }

    @Test
    void policiesOfPoolsHold() throws IOException {
        PlainBackend a = open(PlainBackend.named("a"));
        PlainBackend b = open(PlainBackend.named("b"));
        HttpSetup setup = proxy(a, b).balance("source-ip");
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 10; i++) {
            seen.add(talk(setup).get("/").read().body());
        }
        assertThat(seen).hasSize(1);
        setup.balance("round-robin");
        for (int i = 0; i < 10; i++) {
            seen.add(talk(setup).get("/").read().body());
        }
        assertThat(seen).hasSize(2);
        setup.balance("least-requests");
        assertThat(talk(setup).get("/").read().status()).isEqualTo(200);
    }

    @Test
    void aClientThatLeavesFreesTheBackend() throws Exception {
        CountDownLatch gone = new CountDownLatch(1);
        CountDownLatch asked = new CountDownLatch(1);
        HttpSetup setup = proxy(backend((head, in, out) -> {
            asked.countDown();
            if (in.read() < 0) {
                gone.countDown();
            }
            return false;
        }));
        Talk talk = talk(setup).get("/");
        asked.await();
        talk.socket.setSoLinger(true, 0);
        talk.close();

        assertThat(gone.await(10, TimeUnit.SECONDS)).isTrue();
        await().until(() -> setup.count(Counter.HTTP_TROUBLE_CLIENT_GONE) == 1);
    }
}
