package org.strowger.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.strowger.sip.Transport;

/**
 * The proxy is killed (-9) in the middle of established calls and started again with the same key: no call may be lost,
 * with round robin too. {@code -Dcalls.established=1000 -Drate=200} is the full measure.
 */
class RestartIT {
    private static final String ANSWERED_ACK = "8_ACK_Recv";
    private static final String REINVITE = "9_INVITE_Recv";
    private static final String BYE = "12_BYE_Recv";
    private static final String HANGUP_ACK = "6_ACK_Recv";

    private final Loopback net = Loopback.of(RestartIT.class);
    private final int calls = Integer.getInteger("calls.established", 100);
    private final int rate = Integer.getInteger("rate", 100);
    private final Duration hold = Duration.ofSeconds(10 + calls / rate);

    @BeforeAll
    static void needsSipp() {
        Tool.SIPP.path();
    }

    @Test
    void reInviteAndByeReachTheirBackendAfterARestart() {
        Path directory = RunDirectory.create("restart");
        SippProcess.Load load = new SippProcess.Load(calls, rate, hold, true);
        try (Backends backends = Backends.three(directory, "uas", net, Transport.UDP);
                ProxyProcess proxy = startProxy(directory, backends);
                SippProcess client = client(directory, "uac-reinvite", load)) {
            awaitAllEstablished(backends, ANSWERED_ACK, proxy);
            proxy.killHard();
            proxy.startAgain();
            Calls.assertAllWentThrough(client, load);
            proxy.killHard(); // its probes would be unexpected at a server that ends
            backends.finishCleanly();
            assertThat(backends.counts(REINVITE))
                    .as("re-INVITEs\n%s", proxy.tail())
                    .isEqualTo(backends.invitations());
            assertThat(backends.counts(BYE)).as("BYEs\n%s", proxy.tail()).isEqualTo(backends.invitations());
            assertThat(backends.total("3_INVITE_Recv")).isEqualTo(calls);
        }
    }

    @Test
    void backendsCanHangUpAfterARestart() {
        Path directory = RunDirectory.create("restart-hangup");
        SippProcess.Load load = SippProcess.Load.of(calls, rate);
        try (Backends backends = Backends.start(directory, "uas-hangup", Backends.three(net, Transport.UDP), hold);
                ProxyProcess proxy = startProxy(directory, backends);
                SippProcess client = client(directory, "uac-answer-bye", load)) {
            awaitAllEstablished(backends, HANGUP_ACK, proxy);
            proxy.killHard();
            proxy.startAgain();
            Calls.assertAllWentThrough(client, load);
            proxy.killHard(); // its probes would be unexpected at a server that ends
            backends.finishCleanly();
        }
    }

    private ProxyProcess startProxy(Path directory, Backends backends) {
        return ProxyProcess.start(directory, net, """
                event-loops = 2
                listeners {
                  front  { transport = udp, bind = "%1$s:5060" }
                  inside { transport = udp, bind = "%1$s:5080", side = internal }
                }
                %2$srules = [ { pool = phones } ]
                """.formatted(net.proxy(), backends.pool("phones", "round-robin")));
    }

    private SippProcess client(Path directory, String scenario, SippProcess.Load load) {
        return SippProcess.client(
                directory,
                scenario,
                Endpoint.of(Transport.UDP, net.client(1)),
                Endpoint.of(Transport.UDP, net.proxy()),
                load);
    }

    private void awaitAllEstablished(Backends backends, String ackStep, ProxyProcess proxy) {
        await("all calls established\n" + proxy.tail())
                .atMost(hold.plusSeconds(20))
                .until(() -> backends.total(ackStep) == calls);
    }
}
