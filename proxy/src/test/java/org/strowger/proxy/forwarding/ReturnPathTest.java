package org.strowger.proxy.forwarding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.strowger.proxy.forwarding.PathFixture.BACKEND1;
import static org.strowger.proxy.forwarding.PathFixture.PHONE;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.strowger.proxy.balancing.BalancingPolicy;

/** Answers go to the source of the request, whatever its Via says of addresses (RFC 3261 section 18.2, RFC 3581). */
class ReturnPathTest {
    private final PathFixture path = new PathFixture(new BalancingPolicy.CallId(), 1);

    @ParameterizedTest
    @CsvSource({
        // Sent-by is the source.
        "198.51.100.7:40000;branch=z9hG4bKr, 198.51.100.7:40000;branch=z9hG4bKr",
        "198.51.100.7:40000;rport;branch=z9hG4bKr, 198.51.100.7:40000;rport=40000;branch=z9hG4bKr;received=198.51.100.7",
        // Sent-by is another host.
        "10.9.9.9:40000;branch=z9hG4bKr, 10.9.9.9:40000;branch=z9hG4bKr;received=198.51.100.7",
        // The client wrote what only we may write.
        "10.9.9.9:40000;received=6.6.6.6;branch=z9hG4bKr, 10.9.9.9:40000;received=198.51.100.7;branch=z9hG4bKr",
        "198.51.100.7:40000;received=6.6.6.6;branch=z9hG4bKr, 198.51.100.7:40000;received=198.51.100.7;branch=z9hG4bKr",
        "10.9.9.9;received=6.6.6.6;rport=6;branch=z9hG4bKr, 10.9.9.9;received=198.51.100.7;rport=40000;branch=z9hG4bKr",
        "10.9.9.9;rport=6;branch=z9hG4bKr;received=6.6.6.6, 10.9.9.9;rport=40000;branch=z9hG4bKr;received=198.51.100.7",
        "10.9.9.9;received=6.6.6.6;branch=z9hG4bKr;rport, 10.9.9.9;received=198.51.100.7;branch=z9hG4bKr;rport=40000",
    })
    void ourOwnAnswerAndAForwardedRequestHaveTheSameTopVia(String sent, String seen) {
        path.udp(PHONE, request("INVITE sip:bob@example.com", sent));
        assertThat(path.headers("Via").get(1)).isEqualTo("SIP/2.0/UDP " + seen);
        path.udp(PHONE, request("OPTIONS sip:sip.example.com", sent));
        assertThat(path.only().text()).startsWith("SIP/2.0 200 OK\r\n");
        assertThat(path.headers("Via")).containsExactly("SIP/2.0/UDP " + seen);
        assertThat(path.only().way()).isEqualTo("udp1>198.51.100.7:" + port(sent));
    }

    @Test
    void maddrIsNotObeyed() {
        String via = "198.51.100.7:40000;maddr=203.0.113.66;branch=z9hG4bKm";
        path.udp(PHONE, request("OPTIONS sip:sip.example.com", via));
        assertThat(path.only().way()).isEqualTo("udp1>198.51.100.7:40000");
        path.udp(PHONE, request("INVITE sip:bob@example.com", via));
        String forwarded = path.only().text();
        assertThat(forwarded).contains(";maddr=203.0.113.66;");
        path.fromBackend(BACKEND1, "SIP/2.0 200 OK" + forwarded.substring(forwarded.indexOf("\r\n")));
        assertThat(path.only().way()).isEqualTo("udp1>198.51.100.7:40000");
    }

    private static String port(String via) {
        return via.contains("rport") || via.contains(":40000") ? "40000" : "5060";
    }

    private static String request(String line, String via) {
        return line + " SIP/2.0\r\nVia: SIP/2.0/UDP " + via + "\r\nFrom: <sip:a@x>;tag=f\r\nTo: <sip:b@x>\r\n"
                + "Call-ID: return\r\nCSeq: 1 " + line.substring(0, line.indexOf(' ')) + "\r\n\r\n";
    }
}
