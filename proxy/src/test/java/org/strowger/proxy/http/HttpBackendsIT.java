package org.strowger.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.strowger.health.Eligibility;
import org.strowger.proxy.metrics.BackendCounter;
import org.strowger.proxy.metrics.Counter;

/** Which backend a request goes to, and what becomes of it when that fails. */
@Timeout(60)
class HttpBackendsIT extends HttpFixture {
    private static final Duration LONG = HttpSetup.LONG;
    private static final Duration SHORT = Duration.ofMillis(200);

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
