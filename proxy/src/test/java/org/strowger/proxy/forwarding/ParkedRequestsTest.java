package org.strowger.proxy.forwarding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.strowger.proxy.forwarding.PathFixture.BACKEND1;
import static org.strowger.proxy.forwarding.PathFixture.PHONE;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.strowger.proxy.balancing.BalancingPolicy;
import org.strowger.proxy.routing.DropReason;
import org.strowger.proxy.routing.NameLookup;
import org.strowger.sip.IpPort;
import org.strowger.sip.Transport;

/** Requests of backends to hosts that are given by name: sent, refused, or parked until the name is known. */
class ParkedRequestsTest {
    private static final IpPort CARRIER = PathFixture.address("203.0.113.20", 5090);

    private final PathFixture path = new PathFixture(new BalancingPolicy.CallId(), 1);

    @Test
    void aNameThatIsKnownIsTheNextHop() {
        known(Transport.UDP);
        path.fromBackend(BACKEND1, invite("a"));
        assertThat(path.only().way()).isEqualTo("udp1>203.0.113.20:5090");
        assertThat(path.only().text()).startsWith("INVITE sip:bob@carrier.example SIP/2.0\r\n");
        assertThat(path.headers("Via").get(0)).startsWith("SIP/2.0/UDP 192.0.2.1:5060;");
        assertThat(path.headers("Record-Route")).isNotEmpty();
        known(Transport.TCP);
        path.fromBackend(BACKEND1, invite("a"));
        assertThat(path.only().way()).isEqualTo("tcp>203.0.113.20:5090");
        assertThat(path.headers("Via").get(0)).startsWith("SIP/2.0/TCP 192.0.2.1:5060;");
    }

    @Test
    void aNameInARouteIsTheNextHopToo() {
        known(Transport.UDP);
        path.fromBackend(BACKEND1, invite("a").replace("Max-Forwards", "Route: <sip:edge.example;lr>\r\nMax-Forwards"));
        assertThat(path.only().way()).isEqualTo("udp1>203.0.113.20:5090");
        assertThat(path.headers("Route")).containsExactly("<sip:edge.example;lr>");
    }

    @Test
    void aStrangersNamesAreNotLookedUp() {
        path.names = out -> {
            throw new AssertionError("looked up");
        };
        path.udp(PHONE, invite("a"));
        assertThat(path.only().way()).isEqualTo("udp255>10.0.0.1:5060");
    }

    @Test
    void whatCannotBeFoundIsAnswered() {
        assertThat(replyTo(NameLookup.Answer.UNKNOWN)).containsExactly(404);
        assertThat(replyTo(NameLookup.Answer.FAILED)).containsExactly(500);
        assertThat(replyTo(NameLookup.Answer.REFUSED)).containsExactly(500);
        assertThat(replyTo(NameLookup.Answer.NO_TRANSPORT)).containsExactly(503);
        path.fromBackend(BACKEND1, invite("a").replace("INVITE", "ACK"));
        assertThat(path.dropped).containsExactly(DropReason.ACK_REFUSED);
    }

    @Test
    void aParkedRequestGoesOnWhenItsNameIsKnown() {
        pending(7);
        path.fromBackend(BACKEND1, invite("a"));
        assertThat(path.sent).isEmpty();
        assertThat(path.dropped).isEmpty();
        pending(8);
        path.udp(PHONE, invite("other")).fromBackend(BACKEND1, invite("b"));
        known(Transport.UDP);
        assertThat(path.nameKnown(6).sent).isEmpty();
        assertThat(path.nameKnown(7).only().way()).isEqualTo("udp1>203.0.113.20:5090");
        assertThat(path.headers("Call-ID")).containsExactly("call-a");
        assertThat(path.headers("Via").get(1)).contains("z9hG4bKa;rport=5060;received=10.0.0.1");
        assertThat(path.nameKnown(7).sent).isEmpty();
        assertThat(path.nameKnown(8).headers("Call-ID")).containsExactly("call-b");
    }

    @Test
    void aParkedRequestGetsTheSameBranchAsItsRetransmission() {
        pending(7);
        path.fromBackend(BACKEND1, invite("a"));
        known(Transport.UDP);
        String via = path.nameKnown(7).headers("Via").get(0);
        path.fromBackend(BACKEND1, invite("a"));
        assertThat(path.headers("Via").get(0)).isEqualTo(via);
    }

    @Test
    void retransmissionsDoNotMultiplyAndCancelFollowsItsInvite() {
        pending(7);
        for (int i = 0; i < 10; i++) {
            path.fromBackend(BACKEND1, invite("a"));
            assertThat(path.dropped).isEmpty();
        }
        path.fromBackend(BACKEND1, invite("a").replace("INVITE", "CANCEL"));
        known(Transport.UDP);
        path.nameKnown(7);
        assertThat(path.sent).extracting(sent -> sent.text().substring(0, 6)).containsExactly("INVITE", "CANCEL");
    }

    @Test
    void parkedRequestsAreAnsweredWhenThereIsNoSuchName() {
        pending(7);
        path.fromBackend(BACKEND1, invite("a"));
        path.names = out -> NameLookup.Answer.UNKNOWN;
        path.nameKnown(7);
        assertThat(path.replies).containsExactly(404);
        assertThat(path.only().way()).isEqualTo("udp255>10.0.0.1:5060");
    }

    @Test
    void aRequestIsParkedOnce() {
        pending(7);
        path.fromBackend(BACKEND1, invite("a"));
        path.nameKnown(7);
        assertThat(path.replies).containsExactly(500);
        assertThat(path.nameKnown(7).sent).isEmpty();
    }

    @Test
    void whatDoesNotFitIsDroppedAndCounted() {
        pending(7);
        for (String id : List.of("a", "b", "c")) {
            assertThat(path.fromBackend(BACKEND1, invite(id)).dropped).isEmpty();
        }
        assertThat(path.fromBackend(BACKEND1, invite("d")).dropped).containsExactly(DropReason.NAME_OVERDUE);
        assertThat(path.fromBackend(BACKEND1, invite("a")).dropped).isEmpty();
        known(Transport.UDP);
        assertThat(path.nameKnown(7).sent).hasSize(3);
        pending(8);
        String large = invite("e").replace("X-Pad: ", "X-Pad: " + "x".repeat(3000));
        assertThat(path.fromBackend(BACKEND1, large).dropped).isEmpty();
        assertThat(path.fromBackend(BACKEND1, large.replace("bKe", "bKf")).dropped)
                .containsExactly(DropReason.NAME_OVERDUE);
    }

    @Test
    void whatWaitedTooLongIsDroppedAndCounted() {
        pending(7);
        path.fromBackend(BACKEND1, invite("a"));
        path.ticker.advance(11, TimeUnit.SECONDS);
        known(Transport.UDP);
        assertThat(path.nameKnown(7).dropped).containsExactly(DropReason.NAME_OVERDUE);
        assertThat(path.sent).isEmpty();
    }

    private List<Integer> replyTo(NameLookup.Answer answer) {
        path.names = out -> answer;
        return List.copyOf(path.fromBackend(BACKEND1, invite("a")).replies);
    }

    private void known(Transport transport) {
        path.names = out -> {
            out.set(CARRIER, transport);
            return NameLookup.Answer.KNOWN;
        };
    }

    private void pending(long lookup) {
        path.names = out -> {
            out.await(lookup);
            return NameLookup.Answer.PENDING;
        };
    }

    private static String invite(String id) {
        return String.join(
                "\r\n",
                "INVITE sip:bob@carrier.example SIP/2.0",
                "Via: SIP/2.0/UDP 10.9.9.9:5062;branch=z9hG4bK" + id + ";rport",
                "Max-Forwards: 70",
                "From: <sip:alice@example.com>;tag=from-tag",
                "To: <sip:bob@carrier.example>",
                "Call-ID: call-" + id,
                "CSeq: 1 INVITE",
                "X-Pad: ",
                "",
                "");
    }
}
