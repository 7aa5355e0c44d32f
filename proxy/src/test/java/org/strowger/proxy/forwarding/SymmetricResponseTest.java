package org.strowger.proxy.forwarding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.strowger.proxy.forwarding.PathFixture.BACKEND1;

import org.junit.jupiter.api.Test;
import org.strowger.proxy.balancing.BalancingPolicy;
import org.strowger.sip.IpPort;

/** Answers to a backend leave by the port that it sent to (RFC 3581 section 4), whichever loop handles them. */
class SymmetricResponseTest {
    private static final IpPort CALLEE = PathFixture.address("203.0.113.20", 5090);

    private final PathFixture path = new PathFixture(new BalancingPolicy.CallId(), 1);

    private static String[] options(String more) {
        return new String[] {
            "OPTIONS sip:carol@203.0.113.20:5090 SIP/2.0",
            "Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKsymmetric;rport",
            more,
            "From: <sip:b@example.com>;tag=1",
            "To: <sip:carol@example.com>",
            "Call-ID: symmetric",
            "CSeq: 1 OPTIONS",
            "Content-Length: 0"
        };
    }

    private String answered() {
        String request = path.only().text();
        return "SIP/2.0 200 OK" + request.substring(request.indexOf("\r\n"));
    }

    @Test
    void theAnswerOfAClientLeavesByThatPort() {
        for (int loop : new int[] {0, 3, 255}) {
            path.fromBackendOn(loop, BACKEND1, options("Max-Forwards: 70"));
            assertThat(path.only().way()).isEqualTo("udp1>203.0.113.20:5090");
            path.udp(CALLEE, answered());
            assertThat(path.only().way()).isEqualTo("loop" + loop + ">10.0.0.1:5060");
        }
    }

    @Test
    void anAnswerOfOursLeavesByThatPort() {
        path.fromBackendOn(3, BACKEND1, options("Proxy-Require: nothing-we-know"));
        assertThat(path.only().way()).isEqualTo("loop3>10.0.0.1:5060");
        assertThat(path.replies).containsExactly(420);
    }

    @Test
    void aPortThatAllLoopsShareIsNobodysOwn() {
        path.udp(BACKEND1, options("Max-Forwards: 70"));
        path.udp(CALLEE, answered());
        assertThat(path.only().way()).isEqualTo("udp1>10.0.0.1:5060");
    }
}
