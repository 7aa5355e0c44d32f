package org.strowger.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.proxy.config.Loading;
import org.strowger.proxy.metrics.Counter;
import org.strowger.sip.cookie.ClusterKey;

/**
 * A backend whose socket is connected to one of our ports, so that its kernel drops what comes from another one, against a
 * running proxy with two event loops, each of which has a port of its own towards backends.
 */
@Timeout(120)
final class SymmetricBackendIT {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private DatagramSocket backend;
    private Strowger strowger;

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        backend = new DatagramSocket(0, LOOPBACK);
        Keys keys = new Keys(ClusterKey.of(new byte[ClusterKey.LENGTH]), Optional.empty());
        strowger = Strowger.start(
                Loading.in(folder).loaded("""
                event-loops = 2
                listeners {
                  outside { transport = udp, bind = "127.0.0.1:0" }
                  inside { transport = udp, bind = "127.0.0.1:0", side = internal }
                }
                pools { main { backends = [ "udp:127.0.0.1:%d" ] } }
                rules = [ { pool = main } ]
                """.formatted(backend.getLocalPort())), keys, new SplittableRandom(1));
        backend.connect(strowger.address("inside"));
        backend.setSoTimeout(10_000);
    }

    @AfterEach
    void stop() {
        strowger.close();
        backend.close();
    }

    private void send(String uri, String callId, String more) throws IOException {
        byte[] bytes = String.join(
                        "\r\n",
                        "OPTIONS " + uri + " SIP/2.0",
                        "Via: SIP/2.0/UDP 127.0.0.1:" + backend.getLocalPort() + ";branch=z9hG4bK" + callId + ";rport",
                        "Max-Forwards: 70",
                        "From: <sip:b@example.com>;tag=1",
                        "To: <sip:a@example.com>",
                        "Call-ID: " + callId,
                        "CSeq: 1 OPTIONS",
                        more + "Content-Length: 0",
                        "\r\n")
                .getBytes(ISO_8859_1);
        backend.send(new DatagramPacket(bytes, bytes.length));
    }

    private static String receive(DatagramSocket socket) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
        socket.receive(packet);
        return new String(packet.getData(), 0, packet.getLength(), ISO_8859_1);
    }

    /** The kernel gives the answers of 16 clients to one loop alone once in 32,768 times. */
    @Test
    void theAnswersOfClientsLeaveByThePortThatTheBackendSentTo() throws IOException {
        for (int i = 0; i < 16; i++) {
            try (DatagramSocket client = new DatagramSocket(0, LOOPBACK)) {
                client.setSoTimeout(10_000);
                send("sip:phone@127.0.0.1:" + client.getLocalPort(), "call" + i, "");
                String request = receive(client);
                String answer = "SIP/2.0 200 OK" + request.substring(request.indexOf("\r\n"));
                byte[] bytes = answer.getBytes(ISO_8859_1);
                InetSocketAddress outside = strowger.address("outside");
                client.send(new DatagramPacket(bytes, bytes.length, outside));
                assertThat(receive(backend)).startsWith("SIP/2.0 200 OK\r\n").contains("Call-ID: call" + i + "\r\n");
            }
        }
    }

    @Test
    void ourOwnAnswersToWhatCrossedLeaveByThatPortToo() throws IOException {
        int sent = 0;
        while (crossings() < 20) {
            for (int i = 0; i < 50; i++) {
                send("sip:phone@127.0.0.1:9", "refused" + sent++, "Proxy-Require: nothing-we-know\r\n");
            }
            for (int i = 0; i < 50; i++) {
                assertThat(answer(sent)).startsWith("SIP/2.0 420 ");
            }
        }
    }

    private long crossings() {
        return strowger.counters().loop(0).get(Counter.HANDOVER)
                + strowger.counters().loop(1).get(Counter.HANDOVER);
    }

    private String answer(int sent) throws IOException {
        try {
            return receive(backend);
        } catch (SocketTimeoutException e) {
            throw new AssertionError(
                    "an answer is missing after " + sent + " requests, " + crossings() + " crossed", e);
        }
    }
}
