package org.strowger.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.proxy.config.Loading;
import org.strowger.proxy.config.StrowgerConfig;
import org.strowger.sip.cookie.ClusterKey;

/** What a running proxy shows of the parts that count for themselves: sockets, affinity tables, rules. */
@Timeout(120)
final class MeasuredIT {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private static StrowgerConfig config(Path folder, int backend) {
        return Loading.in(folder).loaded("""
                event-loops = 1
                admin.bind = "127.0.0.1:0"
                listeners.udp { transport = udp, bind = "127.0.0.1:0" }
                pools.main { backends = ["udp:127.0.0.1:%d"], balance = round-robin, health.probe = none, redispatch.budget = 0%% }
                rules = [ { pool = main } ]
                """.formatted(backend));
    }

    private static byte[] invite() {
        return String.join(
                        "\r\n",
                        "INVITE sip:bob@example.com SIP/2.0",
                        "Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKmeasured;rport",
                        "Max-Forwards: 70",
                        "From: <sip:alice@example.com>;tag=1",
                        "To: <sip:bob@example.com>",
                        "Call-ID: measured",
                        "CSeq: 1 INVITE",
                        "Content-Length: 0",
                        "\r\n")
                .getBytes(US_ASCII);
    }

    @Test
    void whatSocketsAndTablesCountIsScraped(@TempDir Path folder) throws Exception {
        Keys keys = new Keys(ClusterKey.of(new byte[ClusterKey.LENGTH]), Optional.empty());
        try (DatagramSocket backend = new DatagramSocket(0, LOOPBACK);
                DatagramSocket client = new DatagramSocket(0, LOOPBACK);
                Strowger strowger =
                        Strowger.start(config(folder, backend.getLocalPort()), keys, new SplittableRandom(1));
                AdminSurface admin = AdminSurface.open(strowger)) {
            byte[] invite = invite();
            DatagramPacket forwarded = new DatagramPacket(new byte[4096], 4096);
            for (int i = 0; i < 2; i++) {
                client.send(new DatagramPacket(invite, invite.length, strowger.address("udp")));
                backend.receive(forwarded);
            }
            List<String> expected = List.of(
                    "strowger_bytes_received_total{transport=\"udp\"} " + 2.0 * invite.length,
                    "strowger_bytes_sent_total{transport=\"udp\"} " + 2.0 * forwarded.getLength(),
                    "strowger_udp_datagrams_total{direction=\"received\",side=\"client\"} 2.0",
                    "strowger_udp_datagrams_total{direction=\"sent\",side=\"backend\"} 2.0",
                    "strowger_udp_datagrams_total{direction=\"sent\",side=\"client\"} 0.0",
                    "strowger_udp_unsent_total{reason=\"unreachable\",side=\"backend\"} 0.0",
                    "strowger_affinity_entries{pool=\"main\"} 1.0",
                    "strowger_affinity_lookups_total{pool=\"main\",result=\"hit\"} 1.0",
                    "strowger_rules_slow_patterns 0.0");
            // The socket counts a batch when the system call that moved it has returned.
            await().untilAsserted(() -> assertThat(scrape(admin)).containsAll(expected));
        }
    }

    private static List<String> scrape(AdminSurface admin) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + admin.address() + "/metrics"))
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body()
                .lines()
                .toList();
    }
}
