package org.strowger.proxy.forwarding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.strowger.proxy.forwarding.PathFixture.BACKEND1;
import static org.strowger.proxy.forwarding.PathFixture.PHONE;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.strowger.proxy.balancing.BalancingPolicy;

/** Requests whose Proxy-Require, Route or scheme keeps them from going on as they ask. */
class RequestChecksTest {
    private static final String TWO = "Proxy-Require: foo\r\nProxy-Require: bar, baz\r\n";
    private final PathFixture path = new PathFixture(new BalancingPolicy.CallId(), 1);

    @Test
    void unsupportedListsEveryProxyRequire() {
        path.udp(PHONE, request("INVITE", "sip:bob@example.com", TWO));
        assertThat(path.replies).containsExactly(420);
        assertThat(path.headers("Unsupported")).containsExactly("foo", "bar, baz");
    }

    @Test
    void proxyRequireIsOfNoEffectInCancelAndAck() {
        for (String method : List.of("CANCEL", "ACK")) {
            path.udp(PHONE, request(method, "sip:bob@example.com", TWO));
            assertThat(path.only().way()).isEqualTo("udp255>10.0.0.1:5060");
        }
    }

    /** RFC 3261 section 16.3: the scheme, Max-Forwards, loops, Proxy-Require. */
    @ParameterizedTest
    @CsvSource({"gopher:bob, 0, 416", "sip:bob@example.com, 0, 483", "sip:bob@example.com, 69, 482"})
    void theFirstCheckThatFailsDecides(String uri, int hops, int expected) {
        path.udp(PHONE, request("INVITE", "sip:bob@example.com", "Max-Forwards: 70\r\n"));
        path.udp(
                PHONE,
                path.only()
                        .text()
                        .replace("INVITE sip:bob@example.com", "INVITE " + uri)
                        .replace("Max-Forwards: 69\r\n", "Max-Forwards: " + hops + "\r\n" + TWO));
        assertThat(path.replies).containsExactly(expected);
        assertThat(path.headers("Unsupported")).isEmpty();
    }

    /** RFC 3261 section 11.2. */
    @ParameterizedTest
    @CsvSource({"sip:sip.example.com, 70", "sip:192.0.2.1, 70", "sip:bob@example.com, 0"})
    void optionsAreToldWhatWeCanDo(String uri, int hops) {
        path.udp(PHONE, request("OPTIONS", uri, "Max-Forwards: " + hops + "\r\n"));
        assertThat(path.replies).containsExactly(200);
        assertThat(path.headers("Allow")).singleElement().asString().contains("INVITE, ACK, BYE, CANCEL, OPTIONS");
        assertThat(path.headers("Accept")).containsExactly("*/*");
        assertThat(path.headers("Accept-Encoding")).containsExactly("identity");
        assertThat(path.headers("Accept-Language")).containsExactly("en");
        assertThat(path.headers("Supported")).containsExactly("path");
        path.udp(PHONE, request("INVITE", "sip:bob@example.com", "Max-Forwards: 0\r\n"));
        assertThat(path.headers("Allow")).as("of no other answer").isEmpty();
    }

    @Test
    void aRouteThatCannotBeReadLeadsNowhere() {
        // This one leaves its URI behind.
        path.fromBackend(BACKEND1, request("INVITE", "sip:bob@example.com", "Route: <sip:203.0.113.50;lr>\r\n"));
        assertThat(path.only().way()).isEqualTo("udp1>203.0.113.50:5060");
        path.fromBackend(BACKEND1, request("INVITE", "sip:bob@example.com", "Route: <sip:203.0.113.51;lr\r\n"));
        assertThat(path.replies).containsExactly(416);
        path.udp(PHONE, request("INVITE", "sip:bob@example.com", "Route: <sip:203.0.113.51;lr\r\n"));
        assertThat(path.only().way()).isEqualTo("udp255>10.0.0.1:5060");
    }

    @Test
    void sipsNeverLeavesInTheClear() {
        for (String parameter : List.of("", ";transport=udp", ";transport=tcp")) {
            path.fromBackend(BACKEND1, request("INVITE", "sips:bob@203.0.113.50" + parameter, ""));
            assertThat(path.replies).as(parameter).containsExactly(503);
        }
        path.fromBackend(BACKEND1, request("INVITE", "sips:bob@203.0.113.50;transport=ws", ""));
        assertThat(path.replies).containsExactly(430);
    }

    private static String request(String method, String uri, String lines) {
        return method + " " + uri + " SIP/2.0\r\n" + lines
                + "Via: SIP/2.0/UDP 198.51.100.7:40000;branch=z9hG4bKc\r\nFrom: <sip:a@x>;tag=f\r\nTo: <sip:b@x>\r\n"
                + "Call-ID: checks\r\nCSeq: 1 " + method + "\r\n\r\n";
    }
}
