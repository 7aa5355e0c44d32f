package org.strowger.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.health.Eligibility;
import org.strowger.health.HealthState;
import org.strowger.proxy.admin.MemberHealth;
import org.strowger.proxy.config.Loading;
import org.strowger.proxy.config.StrowgerConfig;

/** The whole proxy with backends that are there, are not there, come and go. */
class HealthIT {
    @TempDir
    private Path folder = Path.of("");

    private final AnsweringBackend good = AnsweringBackend.start(0);

    @AfterEach
    void close() {
        good.close();
    }

    @Test
    void aBackendThatIsNotThereIsAvoidedAndComesBackByItself() throws Exception {
        int port = freePort();
        StrowgerConfig config = config(port, "");
        String absent = "udp:127.0.0.1:" + port;
        try (Strowger strowger = Strowger.start(config, Keys.of(config), new Random(1));
                AdminSurface admin = AdminSurface.open(strowger);
                DatagramSocket phone = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            await().until(() -> state(strowger, absent).health() == HealthState.DOWN);
            assertThat(strowger.health()
                            .of("main", absent)
                            .orElseThrow()
                            .probe()
                            .orElseThrow()
                            .sent())
                    .as("probes until it was down")
                    .isLessThanOrEqualTo(4); // three, and one that may have begun since
            assertThat(state(strowger, absent).eligibility()).isEqualTo(Eligibility.NONE);
            int before = good.calls();
            call(phone, strowger.address("udp"), 0, 20);
            await().until(() -> good.calls() >= before + 20);
            assertThat(backends(admin))
                    .contains("\"healthState\":\"DOWN\"", "unknown -> down", "ICMP port unreachable", "nextDueMillis");
            try (AnsweringBackend late = AnsweringBackend.start(port)) {
                await().until(() -> state(strowger, absent).health() == HealthState.UP);
                call(phone, strowger.address("udp"), 100, 20);
                await().until(() -> late.calls() > 0);
            }
            assertThat(metrics(admin))
                    .contains("strowger_backend_up{backend=\"" + good.id() + "\",pool=\"main\"} 1.0")
                    .contains("strowger_probes_total{backend=\"" + absent + "\",pool=\"main\",result=\"failed\"}");
        }
    }

    /** Probes are a minute apart: only what live traffic shows can take the backend out so soon. */
    @Test
    void anIcmpErrorOnLiveTrafficTakesABackendOutAtOnce() throws Exception {
        AnsweringBackend doomed = AnsweringBackend.start(0);
        StrowgerConfig config = config(doomed.port(), "health { interval = 1m, fast-interval = 1m, timeout = 500ms }");
        try (Strowger strowger = Strowger.start(config, Keys.of(config), new Random(1));
                DatagramSocket phone = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            InetSocketAddress to = strowger.address("udp");
            call(phone, to, 0, 20);
            await().until(() -> doomed.calls() > 0);
            doomed.close();
            // Round robin: one of two calls meets the dead one.
            call(phone, to, 1000, 2);
            await().pollInterval(Duration.ofMillis(1))
                    .until(() -> state(strowger, doomed.id()).eligibility() == Eligibility.NONE);
            assertThat(state(strowger, doomed.id()).reason()).contains("network error");
            int before = good.calls();
            call(phone, to, 2000, 10);
            await().until(() -> good.calls() >= before + 10);
        }
    }

    @Test
    void aBackendThatAsksForMaintenanceDrains() throws Exception {
        AnsweringBackend leaving = AnsweringBackend.start(0);
        StrowgerConfig config = config(leaving.port(), "");
        try (leaving;
                Strowger strowger = Strowger.start(config, Keys.of(config), new Random(1))) {
            await().until(() -> state(strowger, leaving.id()).health() == HealthState.UP);
            leaving.answerOptions("503 Maintenance");
            await().until(() -> state(strowger, leaving.id()).eligibility() == Eligibility.ESTABLISHED_ONLY);
            assertThat(state(strowger, leaving.id()).isInMaintenance()).isTrue();
            leaving.answerOptions("200 OK");
            await().until(() -> state(strowger, leaving.id()).eligibility() == Eligibility.NEW_AND_ESTABLISHED);
        }
    }

    private static MemberHealth.State state(Strowger strowger, String backend) {
        return strowger.health().of("main", backend).orElseThrow().state();
    }

    private static String backends(AdminSurface admin) throws Exception {
        return get(admin, "/backends");
    }

    private static String metrics(AdminSurface admin) throws Exception {
        return get(admin, "/metrics");
    }

    private static String get(AdminSurface admin, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + admin.address() + path))
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static void call(DatagramSocket phone, InetSocketAddress to, int first, int count) throws IOException {
        for (int i = first; i < first + count; i++) {
            byte[] invite = String.join(
                            "\r\n",
                            "INVITE sip:bob@example.com SIP/2.0",
                            "Via: SIP/2.0/UDP 127.0.0.1:" + phone.getLocalPort() + ";branch=z9hG4bKhealth" + i
                                    + ";rport",
                            "Max-Forwards: 70",
                            "From: <sip:alice@example.com>;tag=1",
                            "To: <sip:bob@example.com>",
                            "Call-ID: health" + i,
                            "CSeq: 1 INVITE",
                            "Content-Length: 0",
                            "",
                            "")
                    .getBytes(ISO_8859_1);
            phone.send(new DatagramPacket(invite, invite.length, to));
        }
    }

    private static int freePort() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private StrowgerConfig config(int other, String health) {
        return Loading.in(folder).loaded("""
                event-loops = 2
                listeners.udp { transport = udp, bind = "127.0.0.1:0" }
                admin.bind = "127.0.0.1:0"
                pools.main {
                  backends = ["%s", "udp:127.0.0.1:%d"]
                  balance = round-robin
                  %s
                }
                rules = [ { pool = main } ]
                """.formatted(good.id(), other, health));
    }
}
