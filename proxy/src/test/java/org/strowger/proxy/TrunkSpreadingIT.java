package org.strowger.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.proxy.config.Loading;
import org.strowger.proxy.config.StrowgerConfig;
import org.strowger.proxy.metrics.Counter;
import org.strowger.sip.cookie.ClusterKey;

/** One UDP client socket against a running proxy with two event loops. */
@Timeout(120)
final class TrunkSpreadingIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    /** Messages on the way at one time: far less than what the receive buffers hold. */
    private static final int WINDOW = 128;

    private final Map<String, Set<String>> viasByCall = new ConcurrentHashMap<>();
    private final AtomicLong arrived = new AtomicLong();
    private DatagramSocket backend;
    private DatagramSocket client;
    private Strowger strowger;
    private long sent;

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        backend = new DatagramSocket(0, LOOPBACK);
        client = new DatagramSocket(0, LOOPBACK);
        Thread sink = new Thread(this::drain, "sink");
        sink.setDaemon(true);
        sink.start();
        Keys keys = new Keys(ClusterKey.of(new byte[ClusterKey.LENGTH]), Optional.empty());
        strowger = Strowger.start(config(folder), keys, new SplittableRandom(1));
        client.connect(strowger.address("udp"));
    }

    @AfterEach
    void stop() {
        strowger.close();
        client.close();
        backend.close();
    }

    @Test
    void aPeerWithOnePortUsesAllLoopsAndNoTransactionIsParted() throws IOException {
        int before = 0;
        while (count(0, Counter.HANDOVER) + count(1, Counter.HANDOVER) == 0) {
            for (int i = 0; i < 100; i++) {
                send("INVITE", "before" + before++);
            }
        }
        await().atMost(PATIENCE).until(() -> arrived.get() == sent);
        long[] forwarded = {count(0, Counter.FORWARDED_TO_BACKEND), count(1, Counter.FORWARDED_TO_BACKEND)};

        // Those that began while the peer was light: all but its first few requests.
        for (int i = 10; i < before; i += 7) {
            send("INVITE", "before" + i);
            send("CANCEL", "before" + i);
        }
        for (int i = 0; i < 3_000; i++) {
            send("INVITE", "after" + i);
            send("INVITE", "after" + i);
            send("CANCEL", "after" + i);
        }
        await().atMost(PATIENCE).until(() -> arrived.get() == sent);

        assertThat(viasByCall).hasSize(before + 3_000);
        assertThat(viasByCall.keySet()).allSatisfy(call -> {
            if (!call.matches("before[0-9]")) {
                assertThat(viasByCall.get(call)).as(call).hasSize(1);
            }
        });
        assertThat(viasByCall.entrySet().stream()
                        .filter(call -> call.getKey().startsWith("after"))
                        .map(call -> port(call.getValue().iterator().next()))
                        .distinct())
                .hasSize(2);
        // Of 9,000 messages, half and half but for chance; the calls from before stay on one loop.
        assertThat(count(0, Counter.FORWARDED_TO_BACKEND) - forwarded[0]).isGreaterThan(3_000);
        assertThat(count(1, Counter.FORWARDED_TO_BACKEND) - forwarded[1]).isGreaterThan(3_000);
        assertThat(count(0, Counter.DROP_LOOP_BUSY) + count(1, Counter.DROP_LOOP_BUSY))
                .isZero();
    }

    private StrowgerConfig config(Path folder) {
        return Loading.in(folder).loaded("""
                event-loops = 2
                listeners { udp { transport = udp, bind = "127.0.0.1:0" } }
                pools { sink { backends = [ "udp:127.0.0.1:%d" ], health.probe = none, redispatch.budget = 0%% } }
                rules = [ { pool = sink } ]
                """.formatted(backend.getLocalPort()));
    }

    private long count(int loop, Counter counter) {
        return strowger.counters().loop(loop).get(counter);
    }

    private void send(String method, String call) throws IOException {
        if (sent - arrived.get() >= WINDOW) {
            await().atMost(PATIENCE)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofNanos(50_000))
                    .until(() -> sent - arrived.get() < WINDOW);
        }
        byte[] bytes = (method + " sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK" + call
                        + "\r\nMax-Forwards: 70\r\nFrom: <sip:a@example.com>;tag=1\r\nTo: <sip:bob@example.com>"
                        + "\r\nCall-ID: " + call + "\r\nCSeq: 1 " + method + "\r\nContent-Length: 0\r\n\r\n")
                .getBytes(ISO_8859_1);
        client.send(new DatagramPacket(bytes, bytes.length));
        sent++;
    }

    /** Notes our Via of each request that reaches the backend. */
    private void drain() {
        DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
        try {
            while (true) {
                packet.setLength(65_535);
                backend.receive(packet);
                String text = new String(packet.getData(), 0, packet.getLength(), ISO_8859_1);
                viasByCall
                        .computeIfAbsent(header(text, "Call-ID: "), call -> ConcurrentHashMap.newKeySet())
                        .add(header(text, "Via: "));
                arrived.incrementAndGet();
            }
        } catch (IOException e) {
            // Closed: the test is over.
        }
    }

    private static String header(String message, String name) {
        int start = message.indexOf("\r\n" + name) + 2 + name.length();
        return message.substring(start, message.indexOf("\r\n", start));
    }

    private static String port(String via) {
        return via.substring(via.lastIndexOf(':', via.indexOf(';')) + 1, via.indexOf(';'));
    }
}
