package org.strowger.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.strowger.proxy.metrics.Counter;

/** The messages of HTTP with real sockets, between clients and backends that are plain streams of bytes. */
@Timeout(60)
class HttpProxyIT extends HttpFixture {
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
}
