package org.strowger.proxy.forwarding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.strowger.proxy.forwarding.PathFixture.BACKEND1;
import static org.strowger.proxy.forwarding.PathFixture.BACKEND3;
import static org.strowger.proxy.forwarding.PathFixture.PHONE;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.strowger.proxy.balancing.BalancingPolicy;

/** RFC 3261 section 18.3: no message goes out on a connection without Content-Length. */
class MissingLengthTest {
    /** What would be the next message on the connection. */
    private static final String BODY = "OPTIONS sip:bob@example.com SIP/2.0\r\n\r\n";

    private final PathFixture udp = new PathFixture(new BalancingPolicy.CallId(), 1);
    private final PathFixture tcp = new PathFixture(new BalancingPolicy.CallId(), 3);

    @Test
    void aDatagramGetsItOnItsWayToAConnection() {
        tcp.udp(PHONE, invite() + "\r\n" + BODY);
        assertThat(tcp.only().way()).isEqualTo("tcp>" + BACKEND3);
        assertThat(tcp.headers("Content-Length")).containsExactly(Integer.toString(BODY.length()));
        assertThat(tcp.only().text()).endsWith("\r\nContent-Length: 39\r\n\r\n" + BODY);
    }

    @Test
    void aDatagramWithoutBodyGetsZero() {
        tcp.udp(PHONE, invite() + "\r\n");
        assertThat(tcp.only().text()).endsWith("\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n");
    }

    @Test
    void aResponseInADatagramGetsItOnItsWayToAConnection() {
        udp.tcp(7, PHONE, invite() + "Content-Length: 0\r\n\r\n");
        String request = udp.only().text();
        String head = request.substring(request.indexOf("\r\n"), request.indexOf("\r\nContent-Length"));
        udp.fromBackend(BACKEND1, "SIP/2.0 200 OK" + head + "\r\n\r\nv=0");
        assertThat(udp.only().way()).isEqualTo("flow>7");
        assertThat(udp.only().text()).endsWith("\r\nCSeq: 1 INVITE\r\nContent-Length: 3\r\n\r\nv=0");
    }

    @Test
    void aDatagramStaysAsItIsOnItsWayToADatagram() {
        udp.udp(PHONE, invite() + "\r\n" + BODY);
        assertThat(udp.headers("Content-Length")).isEmpty();
        assertThat(udp.only().text()).endsWith("\r\nCSeq: 1 INVITE\r\n\r\n" + BODY);
    }

    @Test
    void theCompactFormCounts() {
        tcp.udp(PHONE, invite() + "l : 3\r\n\r\nv=0");
        assertThat(tcp.headers("Content-Length")).isEqualTo(List.of());
        assertThat(tcp.only().text()).endsWith("\r\nCSeq: 1 INVITE\r\nl : 3\r\n\r\nv=0");
    }

    private static String invite() {
        return String.join(
                "\r\n",
                "INVITE sip:bob@example.com SIP/2.0",
                "Via: SIP/2.0/UDP 10.9.9.9:5062;branch=z9hG4bKa;rport",
                "Max-Forwards: 70",
                "From: <sip:alice@example.com>;tag=from-tag",
                "To: <sip:bob@example.com>",
                "Call-ID: call-1",
                "CSeq: 1 INVITE",
                "");
    }
}
