package org.strowger.proxy.forwarding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.strowger.proxy.forwarding.PathFixture.BACKEND1;
import static org.strowger.proxy.forwarding.PathFixture.PHONE;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.strowger.proxy.balancing.BalancingPolicy;

/** A next hop that knows no loose routing (RFC 3261 section 16.6 step 6), where its Route does name the next hop. */
class StrictRouterTest {
    private static final String BOB = "sip:bob@example.com";
    private final PathFixture path = new PathFixture(new BalancingPolicy.CallId(), 1, 2);

    @Test
    void aBackendsRequestPutsTheFirstRouteIntoTheRequestUri() {
        path.fromBackend(BACKEND1, request("INVITE", BOB, "", List.of("<sip:203.0.113.50:5070>")));
        assertThat(path.only().way()).isEqualTo("udp1>203.0.113.50:5070");
        assertThat(path.only().text()).startsWith("INVITE sip:203.0.113.50:5070 SIP/2.0\r\n");
        assertThat(path.headers("Route")).containsExactly("<" + BOB + ">");
    }

    @Test
    void theOtherRoutesKeepTheirOrder() {
        List<String> more = List.of("<sip:203.0.113.50>, <sip:second;lr>", "<sip:third;lr>");
        path.fromBackend(BACKEND1, request("INVITE", BOB, "", more));
        assertThat(path.only().text()).startsWith("INVITE sip:203.0.113.50 SIP/2.0\r\n");
        assertThat(path.headers("Route")).containsExactly("<sip:second;lr>", "<sip:third;lr>", "<" + BOB + ">");
    }

    @Test
    void oursBeforeItOnTheSameLineGoesToo() {
        String line = "<sip:sip.example.com;lr>, \"x\" <sip:203.0.113.50;transport=udp>;p=1";
        path.fromBackend(BACKEND1, request("INVITE", BOB, "", List.of(line)));
        assertThat(path.only().text()).startsWith("INVITE sip:203.0.113.50;transport=udp SIP/2.0\r\n");
        assertThat(path.headers("Route")).containsExactly("<" + BOB + ">");
        path.fromBackend(BACKEND1, request("INVITE", BOB, "", List.of(line + ", <sip:second;lr>")));
        assertThat(path.headers("Route")).containsExactly("<sip:second;lr>", "<" + BOB + ">");
    }

    @Test
    void moreOwnValuesThanMayBePoppedAndAStrictRouterBehindThem() {
        List<String> routes = new ArrayList<>(Collections.nCopies(8, "<sip:sip.example.com;lr>"));
        routes.add("<sip:203.0.113.50>");
        path.fromBackend(BACKEND1, request("INVITE", BOB, "", routes));
        assertThat(path.headers("Route")).containsExactly("<" + BOB + ">");
    }

    @Test
    void headersInTheRouteDoNotEnterTheRequestUri() {
        path.fromBackend(BACKEND1, request("INVITE", BOB, "", List.of("<sip:203.0.113.50?Subject=x>")));
        assertThat(path.only().text()).startsWith("INVITE sip:203.0.113.50 SIP/2.0\r\n");
    }

    @Test
    void aValueWithoutBracketsStays() {
        path.fromBackend(BACKEND1, request("INVITE", BOB, "", List.of("sip:203.0.113.50;lr")));
        assertThat(path.only().way()).isEqualTo("udp1>203.0.113.50:5060");
        assertThat(path.only().text()).startsWith("INVITE " + BOB + " SIP/2.0\r\n");
        assertThat(path.headers("Route")).containsExactly("sip:203.0.113.50;lr");
    }

    @Test
    void aRequestInADialogReachesTheStrictRouterBeforeTheClient() {
        path.udp(PHONE, request("INVITE", BOB, "from", List.of()));
        List<String> routes = new ArrayList<>(path.headers("Record-Route"));
        routes.add("<sip:198.51.100.7:40000>");
        path.fromBackend(BACKEND1, inDialog("sip:alice@10.9.9.9:5062", "to", routes));
        assertThat(path.only().way()).isEqualTo("udp1>198.51.100.7:40000");
        assertThat(path.only().text()).startsWith("BYE sip:198.51.100.7:40000 SIP/2.0\r\n");
        assertThat(path.headers("Route")).containsExactly("<sip:alice@10.9.9.9:5062>");
    }

    @Test
    void aBackendThatRoutesStrictlyGetsItsUriInFront() {
        path.udp(PHONE, request("INVITE", BOB, "from", List.of()));
        List<String> routes = reversed(path.headers("Record-Route"));
        routes.add("<sip:10.0.0.2>");
        path.udp(PHONE, inDialog("sip:bob@10.1.1.1", "from", routes));
        assertThat(path.only().way()).isEqualTo("udp255>10.0.0.2:5060");
        assertThat(path.only().text()).startsWith("BYE sip:10.0.0.2 SIP/2.0\r\n");
        assertThat(path.headers("Route")).containsExactly("<sip:bob@10.1.1.1>");
    }

    @Test
    void strictRoutersOnBothSidesLeaveTheLastRouteWhereItIs() {
        path.udp(PHONE, request("INVITE", BOB, "from", List.of()));
        String ours = path.headers("Record-Route").get(1);
        String uri = ours.substring(1, ours.length() - 1);
        for (List<String> routes : List.of(
                List.of("<sip:10.0.0.2>", "<sip:bob@10.1.1.1>"),
                List.of("<sip:10.0.0.2>, <sip:bob@10.1.1.1>"),
                List.of(ours + ",<sip:10.0.0.2>, <sip:bob@10.1.1.1>"))) {
            path.udp(PHONE, inDialog(uri, "from", routes));
            assertThat(path.only().text()).startsWith("BYE sip:10.0.0.2 SIP/2.0\r\n");
            assertThat(path.headers("Route")).containsExactly("<sip:bob@10.1.1.1>");
        }
    }

    @Test
    void aStrangersRouteIsNotObeyedAndStays() {
        path.udp(PHONE, request("INVITE", BOB, "from", List.of("<sip:203.0.113.50>")));
        assertThat(path.only().way()).startsWith("udp255>10.0.0.");
        assertThat(path.only().text()).startsWith("INVITE " + BOB + " SIP/2.0\r\n");
        assertThat(path.headers("Route")).containsExactly("<sip:203.0.113.50>");
        path.udp(PHONE, request("INVITE", BOB, "from", List.of()));
        List<String> routes = reversed(path.headers("Record-Route"));
        routes.add("<sip:203.0.113.50>");
        path.udp(PHONE, inDialog("sip:bob@10.1.1.1", "from", routes));
        assertThat(path.only().text()).startsWith("BYE sip:bob@10.1.1.1 SIP/2.0\r\n");
        assertThat(path.headers("Route")).containsExactly("<sip:203.0.113.50>");
    }

    private static List<String> reversed(List<String> routes) {
        List<String> copy = new ArrayList<>(routes);
        Collections.reverse(copy);
        return copy;
    }

    private static String inDialog(String uri, String fromTag, List<String> routes) {
        return request("BYE", uri, fromTag, routes).replace("To: <sip:b@x>", "To: <sip:b@x>;tag=other");
    }

    private static String request(String method, String uri, String fromTag, List<String> routes) {
        StringBuilder text = new StringBuilder(method + " " + uri + " SIP/2.0\r\n");
        routes.forEach(route -> text.append("Route: ").append(route).append("\r\n"));
        return text + "Via: SIP/2.0/UDP 198.51.100.7:40000;branch=z9hG4bKs\r\nFrom: <sip:a@x>;tag=" + fromTag
                + "\r\nTo: <sip:b@x>\r\nCall-ID: strict\r\nCSeq: 1 " + method + "\r\n\r\n";
    }
}
