package org.strowger.proxy.forwarding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.strowger.proxy.forwarding.PathFixture.BACKEND1;
import static org.strowger.proxy.forwarding.PathFixture.BACKEND2;
import static org.strowger.proxy.forwarding.PathFixture.PHONE;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.strowger.proxy.balancing.BalancingPolicy;
import org.strowger.proxy.routing.CookieFinding;
import org.strowger.proxy.routing.DropReason;
import org.strowger.proxy.routing.Pool;

/** Bytes in, bytes out: RFC 3261 section 16 and the cookies. */
class MessagePathTest {
    private final PathFixture one = new PathFixture(new BalancingPolicy.CallId(), 1);
    private final PathFixture two = new PathFixture(new BalancingPolicy.RoundRobin(), 1, 2);

    @Test
    void inviteGetsOurViaReceivedRportMaxForwardsAndBothRecordRoutes() {
        one.udp(PHONE, invite("a"));
        assertThat(one.only().way()).isEqualTo("udp255>10.0.0.1:5060");
        List<String> vias = one.headers("Via");
        assertThat(vias.get(0)).matches("SIP/2\\.0/UDP 10\\.0\\.0\\.100:5080;branch=z9hG4bK[A-Za-z0-9_-]{40,48}");
        assertThat(vias.get(1))
                .isEqualTo("SIP/2.0/UDP 10.9.9.9:5062;branch=z9hG4bKa;rport=40000;received=198.51.100.7");
        assertThat(one.headers("Max-Forwards")).containsExactly("69");
        List<String> routes = one.headers("Record-Route");
        assertThat(routes).hasSize(2);
        assertThat(routes.get(0)).matches("<sip:[A-Za-z0-9_-]{30,48}@10\\.0\\.0\\.100:5080;lr>");
        assertThat(routes.get(1)).endsWith("@192.0.2.1:5060;lr>");
        assertThat(user(routes.get(0))).isEqualTo(user(routes.get(1)));
    }

    @Test
    void whatIsNotOursPassesByteForByte() {
        String invite = invite("a");
        one.udp(PHONE, invite);
        String ours = "Via: SIP/2.0/UDP 10.0.0.100|Record-Route|Max-Forwards|Via: SIP/2.0/UDP 10.9.9.9";
        assertThat(without(one.only().text(), ours)).isEqualTo(without(invite, ours));
    }

    @Test
    void responseGoesBackToTheSourcePortWithOurViaGone() {
        one.udp(PHONE, invite("a"));
        String ringing = response(one.only().text(), "180 Ringing");
        one.fromBackend(BACKEND1, ringing);
        assertThat(one.only().way()).isEqualTo("udp1>198.51.100.7:40000");
        assertThat(one.headers("Via"))
                .containsExactly("SIP/2.0/UDP 10.9.9.9:5062;branch=z9hG4bKa;rport=40000;received=198.51.100.7");
    }

    @Test
    void withoutRportTheResponseGoesToThePortOfSentBy() {
        one.udp(PHONE, invite("a").replace(";rport", ""));
        one.fromBackend(BACKEND1, response(one.only().text(), "200 OK"));
        assertThat(one.only().way()).isEqualTo("udp1>198.51.100.7:5062");
    }

    @Test
    void retransmissionCancelAndAckOfAFailureGetTheSameBackendAndBranch() {
        two.udp(PHONE, invite("first"));
        String away = two.only().way();
        String via = two.headers("Via").get(0);
        two.udp(PHONE, invite("other").replace("Call-ID: call-first", "Call-ID: elsewhere"));
        two.udp(PHONE, invite("first"));
        assertThat(two.only().way()).isEqualTo(away);
        assertThat(two.headers("Via").get(0)).isEqualTo(via);
        for (String method : List.of("CANCEL", "ACK")) {
            two.udp(PHONE, invite("first").replace("INVITE", method));
            assertThat(two.only().way()).isEqualTo(away);
            assertThat(two.headers("Via").get(0)).isEqualTo(via);
        }
    }

    @Test
    void roundRobinTakesTurns() {
        List<String> ways = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            two.udp(PHONE, invite("c" + i));
            ways.add(two.only().way());
        }
        assertThat(ways.subList(0, 2)).containsExactlyInAnyOrder("udp255>10.0.0.1:5060", "udp255>10.0.0.2:5060");
        assertThat(ways.subList(2, 4)).isEqualTo(ways.subList(0, 2));
    }

    @Test
    void requestsInADialogFollowTheCookieBothWaysWithoutAnyTable() {
        two.udp(PHONE, invite("x"));
        String backend = two.only().way();
        List<String> routes = two.headers("Record-Route");
        // Another node with the same key: it has seen nothing of the call.
        PathFixture other = new PathFixture(new BalancingPolicy.RoundRobin(), 1, 2);
        for (int i = 0; i < 3; i++) {
            other.udp(PHONE, bye("sip:bob@10.1.1.1:5070", "from-tag", reversed(routes)));
            assertThat(other.only().way()).isEqualTo(backend);
            assertThat(other.headers("Route")).isEmpty();
        }
        other.fromBackend(BACKEND1, bye("sip:alice@10.9.9.9:5062", "to-tag", routes));
        assertThat(other.only().way()).isEqualTo("udp1>198.51.100.7:40000");
        assertThat(other.headers("Route")).isEmpty();
    }

    @Test
    void aRouteBehindOursIsKeptAndNamesTheHopWhenItIsABackend() {
        two.udp(PHONE, invite("x"));
        List<String> routes = new ArrayList<>(reversed(two.headers("Record-Route")));
        routes.add("<sip:10.0.0.2;lr>");
        two.udp(PHONE, bye("sip:bob@203.0.113.9", "from-tag", routes));
        assertThat(two.only().way()).isEqualTo("udp255>10.0.0.2:5060");
        assertThat(two.headers("Route")).containsExactly("<sip:10.0.0.2;lr>");
    }

    @Test
    void aStrangerCannotRelayThroughUs() {
        two.udp(PHONE, invite("x"));
        String backend = two.only().way();
        List<String> routes = new ArrayList<>(reversed(two.headers("Record-Route")));
        routes.add("<sip:203.0.113.50;lr>");
        two.udp(PHONE, bye("sip:victim@203.0.113.9", "from-tag", routes));
        assertThat(two.only().way()).isEqualTo(backend);
        two.udp(PHONE, invite("y").replace("Max-Forwards", "Route: <sip:203.0.113.50;lr>\r\nMax-Forwards"));
        assertThat(two.only().way()).startsWith("udp255>10.0.0.");
    }

    @Test
    void aForgedCookieIsRefused() {
        one.udp(PHONE, invite("x"));
        String forged = one.headers("Record-Route").get(1);
        char last = user(forged).charAt(12);
        String changed = forged.substring(0, 17) + (last == 'A' ? 'B' : 'A') + forged.substring(18);
        one.udp(PHONE, bye("sip:bob@10.1.1.1", "from-tag", List.of(changed)));
        assertThat(one.replies).containsExactly(403);
        assertThat(one.cookies).containsExactly(CookieFinding.FORGED);
        one.udp(PHONE, bye("sip:bob@10.1.1.1", "from-tag", List.of(changed)).replace("BYE", "ACK"));
        assertThat(one.dropped).containsExactly(DropReason.ACK_REFUSED);
    }

    @Test
    void thePreviousKeyStillRoutes() {
        one.udp(PHONE, invite("x"));
        List<String> routes = reversed(one.headers("Record-Route"));
        PathFixture rotated = new PathFixture(
                new BalancingPolicy.CallId(),
                Pool.PathPolicy.INSERT,
                PathFixture.key(2),
                Optional.of(PathFixture.key(1)),
                1);
        rotated.udp(PHONE, bye("sip:bob@10.1.1.1", "from-tag", routes));
        assertThat(rotated.cookies).containsExactly(CookieFinding.PREVIOUS_KEY);
        assertThat(rotated.only().way()).isEqualTo("udp255>10.0.0.1:5060");
        PathFixture stranger = new PathFixture(
                new BalancingPolicy.CallId(), Pool.PathPolicy.INSERT, PathFixture.key(3), Optional.empty(), 1);
        stranger.udp(PHONE, bye("sip:bob@10.1.1.1", "from-tag", routes));
        assertThat(stranger.replies).containsExactly(403);
    }

    @Test
    void strictRouterBeforeUsIsUndone() {
        one.udp(PHONE, invite("x"));
        String ours = one.headers("Record-Route").get(1);
        String uri = ours.substring(1, ours.length() - 1);
        one.udp(PHONE, bye(uri, "from-tag", List.of("<sip:bob@10.0.0.1:5060>")));
        assertThat(one.only().text()).startsWith("BYE sip:bob@10.0.0.1:5060 SIP/2.0\r\n");
        assertThat(one.headers("Route")).isEmpty();
        assertThat(one.only().way()).isEqualTo("udp255>10.0.0.1:5060");
    }

    @Test
    void registerGetsPathAndARequestAlongItReachesTheFlow() {
        one.tcp(77, PHONE, register().replace("Via: SIP/2.0/UDP", "Via: SIP/2.0/TCP"));
        List<String> paths = one.headers("Path");
        assertThat(paths).hasSize(2);
        assertThat(paths.get(1)).endsWith("@192.0.2.1:5060;transport=tcp;lr>");
        String toPhone = invite("in")
                .replace("Max-Forwards", "Route: " + paths.get(0) + "\r\nRoute: " + paths.get(1) + "\r\nMax-Forwards");
        one.fromBackend(BACKEND1, toPhone);
        assertThat(one.only().way()).isEqualTo("flow>77");
        assertThat(one.headers("Route")).isEmpty();
        List<String> routes = one.headers("Record-Route");
        assertThat(routes.get(0)).endsWith("@192.0.2.1:5060;transport=tcp;lr>");
        assertThat(routes.get(1)).endsWith("@10.0.0.100:5080;lr>");
        // The callee hangs up: towards the backend.
        one.tcp(77, PHONE, bye("sip:alice@10.0.0.1:5060", "to-tag", routes));
        assertThat(one.only().way()).isEqualTo("udp255>10.0.0.1:5060");
        // The caller hangs up: towards the flow.
        one.fromBackend(BACKEND1, bye("sip:bob@phone.invalid", "from-tag", reversed(routes)));
        assertThat(one.only().way()).isEqualTo("flow>77");
        one.flowsAlive = false;
        one.fromBackend(BACKEND1, bye("sip:bob@phone.invalid", "from-tag", reversed(routes)));
        assertThat(one.replies).containsExactly(430);
    }

    @Test
    void pathPolicyDecidesWithoutSupported() {
        String plain = register().replace("Supported: path\r\n", "");
        PathFixture skip = new PathFixture(
                new BalancingPolicy.CallId(), Pool.PathPolicy.SKIP, PathFixture.key(1), Optional.empty(), 1);
        assertThat(skip.udp(PHONE, plain).headers("Path")).isEmpty();
        assertThat(skip.udp(PHONE, register()).headers("Path")).isNotEmpty();
        PathFixture refuse = new PathFixture(
                new BalancingPolicy.CallId(), Pool.PathPolicy.REFUSE, PathFixture.key(1), Optional.empty(), 1);
        refuse.udp(PHONE, plain);
        assertThat(refuse.replies).containsExactly(421);
        assertThat(refuse.headers("Require")).containsExactly("path");
    }

    @Test
    void aBackendCallsOutByRequestUriAndTheAnswerComesBack() {
        one.fromBackend(BACKEND1, invite("out").replace("sip:bob@example.com SIP", "sip:carol@203.0.113.20:5090 SIP"));
        assertThat(one.only().way()).isEqualTo("udp1>203.0.113.20:5090");
        assertThat(one.named).isEqualTo(1);
        assertThat(one.cookies).containsExactly(CookieFinding.NONE);
        assertThat(one.headers("Via").get(0)).startsWith("SIP/2.0/UDP 192.0.2.1:5060;");
        List<String> routes = one.headers("Record-Route");
        one.udp(PathFixture.address("203.0.113.20", 5090), response(one.only().text(), "200 OK"));
        assertThat(one.only().way()).isEqualTo("udp255>10.0.0.1:5060");
        assertThat(one.cookies).containsExactly(CookieFinding.CURRENT_KEY);
        one.udp(PathFixture.address("203.0.113.20", 5090), bye("sip:alice@10.0.0.1:5060", "to-tag", routes));
        assertThat(one.only().way()).isEqualTo("udp255>10.0.0.1:5060");
    }

    @Test
    void aLoopIsSeen() {
        one.udp(PHONE, invite("l"));
        String back = one.only().text();
        one.udp(PHONE, back);
        assertThat(one.replies).containsExactly(482);
        one.udp(PHONE, back.replace("INVITE sip:bob@", "INVITE sip:spiral@"));
        assertThat(one.only().way()).isEqualTo("udp255>10.0.0.1:5060");
    }

    @Test
    void refusalsOfSection16Dot3() {
        one.udp(PHONE, invite("m").replace("Max-Forwards: 70", "Max-Forwards: 0"));
        assertThat(one.replies).containsExactly(483);
        one.udp(PHONE, invite("p").replace("Max-Forwards: 70", "Proxy-Require: foo, bar\r\nMax-Forwards: 70"));
        assertThat(one.replies).containsExactly(420);
        assertThat(one.headers("Unsupported")).containsExactly("foo, bar");
        one.udp(PHONE, invite("s").replace("sip:bob@example.com SIP", "gopher:bob SIP"));
        assertThat(one.replies).containsExactly(416);
        one.udp(PHONE, invite("v").replace("SIP/2.0\r\nVia", "SIP/3.0\r\nVia"));
        assertThat(one.replies).containsExactly(505);
        one.udp(PHONE, invite("c").replace("CSeq: 1 INVITE", "CSeq: 1 BYE"));
        assertThat(one.replies).containsExactly(400);
    }

    @Test
    void whatNoDatagramCanCarryIsRefused() {
        String body = "x".repeat(65_000);
        one.udp(PHONE, invite("big").replace("Content-Length: 3\r\n\r\nv=0", "Content-Length: 65000\r\n\r\n" + body));
        assertThat(one.replies).containsExactly(513);
    }

    @Test
    void optionsToUsIsAnswered() {
        one.udp(PHONE, invite("o").replace("INVITE", "OPTIONS").replace("sip:bob@example.com", "sip:sip.example.com"));
        assertThat(one.replies).containsExactly(200);
        assertThat(one.only().way()).isEqualTo("udp1>198.51.100.7:40000");
        assertThat(one.headers("To").get(0)).contains(";tag=");
        one.udp(PHONE, invite("o").replace("INVITE", "OPTIONS").replace("sip:bob@example.com", "sip:bob@example.com"));
        assertThat(one.only().way()).isEqualTo("udp255>10.0.0.1:5060");
    }

    @Test
    void aLone503GoesUpstreamAs500() {
        one.udp(PHONE, invite("b"));
        one.fromBackend(BACKEND1, response(one.only().text(), "503 Service Unavailable"));
        assertThat(one.only().text()).startsWith("SIP/2.0 500 Service Unavailable\r\n");
    }

    @Test
    void strayResponsesAreDropped() {
        one.udp(PHONE, invite("b"));
        String response = response(one.only().text(), "200 OK");
        one.fromBackend(BACKEND1, response.replaceFirst("branch=z9hG4bK..", "branch=z9hG4bKxx"));
        assertThat(one.dropped).containsExactly(DropReason.RESPONSE_BAD_COOKIE);
        assertThat(one.cookies).containsExactly(CookieFinding.MALFORMED);
        one.fromBackend(BACKEND1, response.replaceFirst("branch=z9hG4bK", "branch="));
        assertThat(one.dropped).containsExactly(DropReason.RESPONSE_NOT_OURS);
    }

    @Test
    void undeliveredRequestIsAnsweredInTheBackendsStead() {
        PathFixture tcp = new PathFixture(new BalancingPolicy.CallId(), 3);
        tcp.udp(PHONE, invite("u"));
        assertThat(tcp.only().way()).isEqualTo("tcp>10.0.0.3:5060");
        String lost = tcp.only().text();
        tcp.undelivered(PathFixture.BACKEND3, lost);
        assertThat(tcp.only().way()).isEqualTo("udp1>198.51.100.7:40000");
        assertThat(tcp.only().text()).startsWith("SIP/2.0 500 ");
        assertThat(tcp.headers("Via")).hasSize(1);
    }

    @Test
    void viasOnOneLineLoseOnlyOurs() {
        one.udp(PHONE, invite("b"));
        String response = response(one.only().text(), "200 OK");
        int first = response.indexOf("\r\nVia: ", response.indexOf("Via: ") + 1);
        String joined = response.substring(0, first) + ", " + response.substring(first + 7);
        one.fromBackend(BACKEND2, joined);
        assertThat(one.headers("Via"))
                .containsExactly("SIP/2.0/UDP 10.9.9.9:5062;branch=z9hG4bKa;rport=40000;received=198.51.100.7"
                        .replace("bKa;", "bKb;"));
    }

    private static String invite(String id) {
        return String.join(
                "\r\n",
                "INVITE sip:bob@example.com SIP/2.0",
                "Via: SIP/2.0/UDP 10.9.9.9:5062;branch=z9hG4bK" + id + ";rport",
                "Max-Forwards: 70",
                "f:  \"A\" <sip:alice@example.com>;tag=from-tag",
                "To: <sip:bob@example.com>",
                "Call-ID: call-" + id,
                "CSeq: 1 INVITE",
                "Contact: <sip:alice@10.9.9.9:5062>",
                "X-Odd:   kept\t as it is  ",
                "Content-Length: 3",
                "",
                "v=0");
    }

    private static String register() {
        return invite("reg").replace("INVITE", "REGISTER").replace("X-Odd", "Supported: path\r\nX-Odd");
    }

    private static String bye(String uri, String fromTag, List<String> routes) {
        StringBuilder text =
                new StringBuilder("BYE " + uri + " SIP/2.0\r\nVia: SIP/2.0/UDP 10.7.7.7;branch=z9hG4bKbye\r\n");
        routes.forEach(route -> text.append("Route: ").append(route).append("\r\n"));
        return text + "From: <sip:a@x>;tag=" + fromTag + "\r\nTo: <sip:b@x>;tag=other\r\nCall-ID: call-x\r\n"
                + "CSeq: 2 BYE\r\n\r\n";
    }

    private static String response(String request, String status) {
        String head = request.substring(request.indexOf("\r\n"), request.indexOf("\r\n\r\n"));
        return "SIP/2.0 " + status + head.replace("\r\nContent-Length: 3", "") + "\r\nContent-Length: 0\r\n\r\n";
    }

    private static List<String> reversed(List<String> routes) {
        List<String> copy = new ArrayList<>(routes);
        java.util.Collections.reverse(copy);
        return copy;
    }

    private static String user(String nameAddr) {
        return nameAddr.substring(nameAddr.indexOf(':') + 1, nameAddr.indexOf('@'));
    }

    private static String without(String message, String pattern) {
        StringBuilder rest = new StringBuilder();
        for (String line : message.split("(?<=\n)", -1)) {
            if (!line.matches("(?s)(" + pattern + ").*")) {
                rest.append(line);
            }
        }
        return rest.toString();
    }
}
