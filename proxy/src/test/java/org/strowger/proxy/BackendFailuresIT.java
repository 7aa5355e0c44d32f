package org.strowger.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.proxy.config.Loading;
import org.strowger.proxy.metrics.BackendCounter;
import org.strowger.sip.cookie.ClusterKey;

/** What a running proxy counts for a TCP backend that fails. */
@Timeout(120)
final class BackendFailuresIT {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private ServerSocket backend;
    private DatagramSocket client;
    private Strowger strowger;

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        backend = new ServerSocket(0, 10, LOOPBACK);
        client = new DatagramSocket(0, LOOPBACK);
        Keys keys = new Keys(ClusterKey.of(new byte[ClusterKey.LENGTH]), Optional.empty());
        strowger = Strowger.start(
                Loading.in(folder).loaded("""
                event-loops = 1
                listeners { udp { transport = udp, bind = "127.0.0.1:0" } }
                pools { main { backends = [ "tcp:127.0.0.1:%d" ], health.probe = none } }
                rules = [ { pool = main } ]
                """.formatted(backend.getLocalPort())), keys, new SplittableRandom(1));
    }

    @AfterEach
    void stop() throws IOException {
        strowger.close();
        client.close();
        backend.close();
    }

    private void call() throws IOException {
        byte[] bytes = String.join(
                        "\r\n",
                        "INVITE sip:bob@example.com SIP/2.0",
                        "Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKfails;rport",
                        "Max-Forwards: 70",
                        "From: <sip:a@example.com>;tag=1",
                        "To: <sip:bob@example.com>",
                        "Call-ID: fails",
                        "CSeq: 1 INVITE",
                        "Content-Length: 0",
                        "\r\n")
                .getBytes(ISO_8859_1);
        client.send(new DatagramPacket(bytes, bytes.length, strowger.address("udp")));
    }

    private long count(BackendCounter counter) {
        return strowger.backendCounters().sum("tcp:127.0.0.1:" + backend.getLocalPort(), counter);
    }

    @Test
    void aRefusedConnectionIsAConnectFailure() throws IOException {
        backend.close();
        call();
        await().until(() -> count(BackendCounter.CONNECT_FAILURES) == 1);
        assertThat(count(BackendCounter.RESETS)).isZero();
    }

    @Test
    void aResetConnectionIsAReset() throws IOException {
        call();
        Socket accepted = backend.accept();
        assertThat(accepted.getInputStream().read()).isEqualTo('I');
        accepted.setSoLinger(true, 0);
        accepted.close();
        await().until(() -> count(BackendCounter.RESETS) == 1);
        assertThat(count(BackendCounter.CONNECT_FAILURES)).isZero();
    }

    @Test
    void aConnectionThatEndsInOrderIsNoFailure() throws IOException {
        call();
        try (Socket accepted = backend.accept()) {
            assertThat(accepted.getInputStream().readNBytes(6))
                    .asString(ISO_8859_1)
                    .isEqualTo("INVITE");
            accepted.shutdownOutput();
            assertThat(accepted.getInputStream().readAllBytes()).isNotEmpty();
        }
        assertThat(count(BackendCounter.CONNECT_FAILURES) + count(BackendCounter.RESETS))
                .isZero();
    }
}
