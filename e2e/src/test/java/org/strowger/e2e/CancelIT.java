package org.strowger.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.strowger.sip.Transport;

/** Callers that give up while it rings: CANCEL, 487 and its ACK, with round robin. */
class CancelIT {
    private static final String CANCEL_RECEIVED = "5_CANCEL_Recv";
    private static final String ACK_RECEIVED = "8_ACK_Recv";

    private final Loopback net = Loopback.of(CancelIT.class);

    @BeforeAll
    static void needsSipp() {
        Tool.SIPP.path();
    }

    @ParameterizedTest(name = "{0} to {1}")
    @CsvSource({"UDP,UDP", "UDP,TCP", "TCP,UDP", "TCP,TCP"})
    void cancelAndAckFollowTheirInvite(Transport outside, Transport inside) {
        Path directory = RunDirectory.create("cancel-" + outside + "-" + inside);
        SippProcess.Load load = SippProcess.Load.of(150, 100).towards(inside);
        try (Backends backends = Backends.three(directory, "uas-ringing", net, inside);
                ProxyProcess proxy = ProxyProcess.start(
                        directory, net, """
                        event-loops = 2
                        listeners {
                          front-udp { transport = udp, bind = "%1$s:5060" }
                          front-tcp { transport = tcp, bind = "%1$s:5060" }
                        }
                        %2$srules = [ { pool = phones } ]
                        """.formatted(net.proxy(), backends.pool("phones", "round-robin")));
                SippProcess client = SippProcess.client(
                        directory,
                        "uac-cancel",
                        Endpoint.of(outside, net.client(1)),
                        Endpoint.of(outside, net.proxy()),
                        load)) {
            Calls.assertAllWentThrough(client, load);
            proxy.killHard(); // its probes would be unexpected at a server that ends
            backends.finishCleanly();
            assertThat(backends.invitations()).as("%s", proxy.tail()).containsOnly(50L);
            assertThat(backends.counts(CANCEL_RECEIVED)).containsOnly(50L);
            assertThat(backends.counts(ACK_RECEIVED)).containsOnly(50L);
        }
    }
}
