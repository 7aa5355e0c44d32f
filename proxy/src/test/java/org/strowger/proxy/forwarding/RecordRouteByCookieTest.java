package org.strowger.proxy.forwarding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.strowger.proxy.forwarding.PathFixture.BACKEND1;
import static org.strowger.proxy.forwarding.PathFixture.BACKEND2;
import static org.strowger.proxy.forwarding.PathFixture.PHONE;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.strowger.proxy.balancing.BalancingPolicy;

/** Our Record-Route in requests that a cookie routes, and what comes back along it. */
class RecordRouteByCookieTest {
    private static final String NAT = "10.9.9.9:5062;rport";
    private static final String CONTACT = "sip:phone@10.9.9.9:5062";
    private static final String NO_TAG = "";
    private final PathFixture path = new PathFixture(new BalancingPolicy.CallId(), 1);

    @Test
    void aCallToAPhoneBehindNatKeepsReachingIt() {
        path.udp(PHONE, request("REGISTER", "sip:example.com", NAT, "phone", NO_TAG, List.of()));
        path.fromBackend(BACKEND1, request("INVITE", CONTACT, "10.0.0.1", "pbx", NO_TAG, path.headers("Path")));
        assertThat(path.only().way()).isEqualTo("udp1>198.51.100.7:40000");
        List<String> routes = reversed(path.headers("Record-Route"));
        path.fromBackend(BACKEND1, request("BYE", CONTACT, "10.0.0.1", "pbx", "phone", routes));
        assertThat(path.only().way()).isEqualTo("udp1>198.51.100.7:40000");
    }

    @Test
    void aPhoneWithoutNatIsReachedByItsContact() {
        path.udp(PHONE, request("REGISTER", "sip:example.com", "198.51.100.7:40000", "phone", NO_TAG, List.of()));
        String moved = "sip:phone@198.51.100.7:5070";
        path.fromBackend(BACKEND1, request("INVITE", moved, "10.0.0.1", "pbx", NO_TAG, path.headers("Path")));
        assertThat(path.only().way()).isEqualTo("udp1>198.51.100.7:5070");
        List<String> routes = reversed(path.headers("Record-Route"));
        path.fromBackend(BACKEND1, request("BYE", moved, "10.0.0.1", "pbx", "phone", routes));
        assertThat(path.only().way()).isEqualTo("udp1>198.51.100.7:5070");
    }

    @Test
    void aSubscriberThatKnowsTheDialogByItsNotifyRefreshesThroughUs() {
        path.udp(PHONE, request("SUBSCRIBE", "sip:mwi@example.com", NAT, "phone", NO_TAG, List.of()));
        List<String> learned = path.headers("Record-Route");
        path.fromBackend(BACKEND1, request("NOTIFY", CONTACT, "10.0.0.1", "pbx", "phone", learned));
        assertThat(path.only().way()).isEqualTo("udp1>198.51.100.7:40000");
        List<String> ofNotify = path.headers("Record-Route");
        assertThat(ofNotify).hasSize(2);
        path.udp(PHONE, request("SUBSCRIBE", "sip:mwi@10.0.0.1", NAT, "phone", "pbx", ofNotify));
        assertThat(path.only().way()).isEqualTo("udp255>10.0.0.1:5060");
        assertThat(path.headers("Record-Route")).isEmpty();
        path.fromBackend(BACKEND1, request("NOTIFY", CONTACT, "10.0.0.1", "pbx", "phone", reversed(ofNotify)));
        assertThat(path.only().way()).isEqualTo("udp1>198.51.100.7:40000");
    }

    @Test
    void aPhoneThatNotifiesKeepsItsBackend() {
        path.udp(PHONE, request("REGISTER", "sip:example.com", NAT, "phone", NO_TAG, List.of()));
        path.fromBackend(BACKEND2, request("SUBSCRIBE", CONTACT, "10.0.0.2", "pbx", NO_TAG, path.headers("Path")));
        List<String> learned = path.headers("Record-Route");
        path.udp(PHONE, request("NOTIFY", "sip:pbx@10.0.0.2", NAT, "phone", "pbx", learned));
        assertThat(path.only().way()).isEqualTo("udp255>10.0.0.2:5060");
        List<String> ofNotify = path.headers("Record-Route");
        path.fromBackend(BACKEND2, request("SUBSCRIBE", CONTACT, "10.0.0.2", "pbx", "phone", ofNotify));
        assertThat(path.only().way()).isEqualTo("udp1>198.51.100.7:40000");
    }

    @Test
    void aNewDialogAlongTheRoutesOfAnOldOneIsRecorded() {
        path.udp(PHONE, request("INVITE", "sip:bob@example.com", NAT, "phone", NO_TAG, List.of()));
        List<String> routes = path.headers("Record-Route");
        path.fromBackend(BACKEND1, request("REFER", CONTACT, "10.0.0.1", "other", NO_TAG, routes));
        assertThat(path.only().way()).isEqualTo("udp1>198.51.100.7:40000");
        assertThat(path.headers("Record-Route")).hasSize(2);
        path.udp(PHONE, request("REFER", "sip:bob@10.0.0.1", NAT, "phone", NO_TAG, reversed(routes)));
        assertThat(path.only().way()).isEqualTo("udp255>10.0.0.1:5060");
        assertThat(path.headers("Record-Route")).hasSize(2);
    }

    private static List<String> reversed(List<String> routes) {
        List<String> copy = new ArrayList<>(routes);
        Collections.reverse(copy);
        return copy;
    }

    private static String request(
            String method, String uri, String sentBy, String fromTag, String toTag, List<String> routes) {
        StringBuilder text = new StringBuilder(method + " " + uri + " SIP/2.0\r\n");
        routes.forEach(route -> text.append("Route: ").append(route).append("\r\n"));
        return text + "Via: SIP/2.0/UDP " + sentBy + ";branch=z9hG4bK" + method + "\r\nFrom: <sip:a@x>;tag=" + fromTag
                + "\r\nTo: <sip:b@x>" + (toTag.isEmpty() ? "" : ";tag=" + toTag) + "\r\nCall-ID: c\r\nCSeq: 1 " + method
                + "\r\n\r\n";
    }
}
