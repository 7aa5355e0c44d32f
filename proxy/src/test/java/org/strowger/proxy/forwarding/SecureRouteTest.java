package org.strowger.proxy.forwarding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.strowger.proxy.forwarding.PathFixture.PHONE;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.strowger.proxy.balancing.BalancingPolicy;

/** When our Record-Route or Path is a sips URI (RFC 3261 section 16.6 step 4, RFC 5630). */
class SecureRouteTest {
    private final PathFixture path = new PathFixture(new BalancingPolicy.CallId(), 1);

    @Test
    void theRequestUriDecides() {
        path.udp(PHONE, invite("sips:bob@example.com", ""));
        assertThat(path.headers("Record-Route")).hasSize(2).allMatch(value -> value.startsWith("<sips:"));
        path.udp(PHONE, invite("sip:bob@example.com", ""));
        assertThat(path.headers("Record-Route")).hasSize(2).allMatch(value -> value.startsWith("<sip:"));
    }

    @Test
    void soDoesTheRouteThatIsOnTopOnceOursAreGone() {
        path.udp(
                PHONE,
                invite("sip:bob@example.com", "Route: <sip:sip.example.com;lr>, <sips:next.example.com;lr>\r\n"));
        assertThat(path.headers("Record-Route")).hasSize(2).allMatch(value -> value.startsWith("<sips:"));
        path.udp(
                PHONE,
                invite("sip:bob@example.com", "Route: <sip:next.example.com;lr>, <sips:last.example.com;lr>\r\n"));
        assertThat(path.headers("Record-Route")).hasSize(2).allMatch(value -> value.startsWith("<sip:"));
        path.udp(PHONE, invite("sip:bob@example.com", "Route: <sips:sip.example.com:5060;lr>\r\n"));
        assertThat(path.headers("Record-Route")).hasSize(2).allMatch(value -> value.startsWith("<sip:"));
    }

    @Test
    void soItIsWithPath() {
        for (String scheme : List.of("sips", "sip")) {
            String register =
                    invite(scheme + ":example.com", "Supported: path\r\n").replace("INVITE", "REGISTER");
            path.udp(PHONE, register);
            assertThat(path.headers("Path")).hasSize(2).allMatch(value -> value.startsWith("<" + scheme + ":"));
        }
        path.udp(
                PHONE,
                invite("sip:example.com", "Route: <sips:next.example.com;lr>\r\n")
                        .replace("INVITE", "REGISTER"));
        assertThat(path.headers("Path")).hasSize(2).allMatch(value -> value.startsWith("<sips:"));
    }

    private static String invite(String uri, String route) {
        return "INVITE " + uri + " SIP/2.0\r\n" + route
                + "Via: SIP/2.0/UDP 198.51.100.7:40000;branch=z9hG4bKs\r\nFrom: <sip:a@x>;tag=f\r\nTo: <sip:b@x>\r\n"
                + "Call-ID: secure\r\nCSeq: 1 INVITE\r\n\r\n";
    }
}
