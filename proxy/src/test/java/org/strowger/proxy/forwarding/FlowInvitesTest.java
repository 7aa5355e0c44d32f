package org.strowger.proxy.forwarding;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.strowger.proxy.forwarding.PathFixture.BACKEND1;
import static org.strowger.proxy.forwarding.PathFixture.PHONE;

import com.sun.management.ThreadMXBean;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.strowger.proxy.balancing.BalancingPolicy;
import org.strowger.proxy.routing.Ingress;
import org.strowger.proxy.routing.StableHash;
import org.strowger.sip.ParseFailure;
import org.strowger.sip.SipMessage;
import org.strowger.sip.SipParser;
import org.strowger.sip.Transport;

/** A connection ends while its phone rings: who called is told, unless the phone has said how it ended. */
class FlowInvitesTest {
    private static final long FLOW = 7;
    private static final String SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\n";

    private final PathFixture path = new PathFixture(new BalancingPolicy.CallId(), 1);
    private final String route = registered();

    /** The Path of a phone on that connection. */
    private String registered() {
        path.tcp(
                FLOW,
                PHONE,
                "REGISTER sip:example.com SIP/2.0",
                "Via: SIP/2.0/TCP 198.51.100.7:40000;branch=z9hG4bKreg",
                "From: <sip:a@x>;tag=f",
                "To: <sip:a@x>",
                "Call-ID: reg",
                "CSeq: 1 REGISTER",
                "Contact: <sip:a@198.51.100.7:40000;transport=tcp>");
        return String.join(", ", path.headers("Path"));
    }

    /** The registrar's request as the phone gets it. */
    private String down(String method, String call) {
        path.fromBackend(BACKEND1, request(method, call));
        assertThat(path.only().way()).isEqualTo("flow>" + FLOW);
        return path.only().text();
    }

    private String request(String method, String call) {
        String body = method.equals("INVITE") ? SDP : "";
        return method + " sip:a@198.51.100.7:40000;transport=tcp SIP/2.0\r\nRoute: " + route
                + "\r\nVia: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK" + call
                + "\r\nFrom: <sip:b@x>;tag=f\r\nTo: <sip:a@x>\r\nCall-ID: " + call + "\r\nCSeq: 1 " + method
                + "\r\nContact: <sip:b@10.0.0.1>\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    /** The phone's answer to what it got. */
    private static String answer(String request, String status) {
        return "SIP/2.0 " + status
                + request.substring(request.indexOf("\r\n"), request.indexOf("\r\nContent-Length"))
                + "\r\nContent-Length: 0\r\n\r\n";
    }

    private void phoneSays(long flow, String request, String status) {
        path.tcp(flow, PHONE, answer(request, status));
    }

    private long failed() {
        return path.waiting.stream()
                .filter(event -> event == WaitingEvent.FLOW_FAILED)
                .count();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "100 Trying", "180 Ringing", "183 Progress"})
    void whoCallsIsToldWhenTheConnectionEnds(String said) {
        String invite = down("INVITE", "c1");
        if (!said.isEmpty()) {
            phoneSays(FLOW, invite, said);
        }
        path.flowEnded(FLOW);
        assertThat(path.only().way()).endsWith(">10.0.0.1:5060");
        assertThat(path.only().text()).startsWith("SIP/2.0 430 Flow Failed\r\n").contains("\r\nCSeq: 1 INVITE\r\n");
        assertThat(path.headers("Via")).containsExactly("SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKc1");
        assertThat(path.headers("To").get(0)).startsWith("<sip:a@x>;tag=");
        path.flowEnded(FLOW);
        assertThat(path.sent).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"200 OK", "302 Moved", "486 Busy Here", "603 Decline"})
    void whoHasBeenAnsweredHearsNothingMore(String said) {
        phoneSays(FLOW, down("INVITE", "c1"), said);
        path.flowEnded(FLOW);
        assertThat(path.sent).isEmpty();
    }

    @Test
    void everyCallOfTheConnectionIsAnsweredOnceAndNoOther() {
        String first = down("INVITE", "c1");
        assertThat(down("INVITE", "c1")).isEqualTo(first);
        down("INVITE", "c2");
        path.flowEnded(FLOW + 1);
        assertThat(path.sent).isEmpty();
        path.flowEnded(FLOW);
        assertThat(path.sent)
                .extracting(sent -> PathFixture.headers(sent.text(), "Call-ID").get(0))
                .containsExactly("c1", "c2");
        assertThat(failed()).isEqualTo(2);
    }

    @Test
    void theAnswerToCancelIsNotThatOfTheInvite() {
        String invite = down("INVITE", "c1");
        phoneSays(FLOW, invite, "180 Ringing");
        phoneSays(FLOW, down("CANCEL", "c1"), "200 OK");
        path.flowEnded(FLOW);
        assertThat(path.only().text()).startsWith("SIP/2.0 430 ").contains("CSeq: 1 INVITE");
    }

    @Test
    void whatWasCancelledAndSaysSoIsOver() {
        String invite = down("INVITE", "c1");
        phoneSays(FLOW, down("CANCEL", "c1"), "200 OK");
        phoneSays(FLOW, invite, "487 Request Terminated");
        path.flowEnded(FLOW);
        assertThat(path.sent).isEmpty();
    }

    @Test
    void anAnswerCountsOnItsOwnConnectionAndWithOurSignature() {
        String invite = down("INVITE", "c1");
        phoneSays(FLOW + 1, invite, "200 OK");
        phoneSays(FLOW, invite.replaceFirst("z9hG4bK.", "z9hG4bK~"), "200 OK");
        path.flowEnded(FLOW);
        assertThat(path.only().text()).startsWith("SIP/2.0 430 ");
    }

    @Test
    void otherRequestsAreNotRemembered() {
        down("MESSAGE", "m1");
        down("BYE", "b1");
        path.flowEnded(FLOW);
        assertThat(path.sent).isEmpty();
        assertThat(path.waiting).isEmpty();
    }

    @Test
    void afterTimerCNobodyWaits() {
        String first = down("INVITE", "c1");
        down("INVITE", "c2");
        path.ticker.advance(100, TimeUnit.SECONDS);
        phoneSays(FLOW, first, "180 Ringing");
        path.ticker.advance(100, TimeUnit.SECONDS);
        path.flowEnded(FLOW);
        assertThat(path.headers("Call-ID")).containsExactly("c1");
        assertThat(path.waiting)
                .containsExactly(WaitingEvent.KEPT, WaitingEvent.KEPT, WaitingEvent.EXPIRED, WaitingEvent.FLOW_FAILED);
    }

    @Test
    void oneConnectionCannotFillTheMemory() {
        for (int i = 0; i < 1030; i++) {
            down("INVITE", "c" + i);
        }
        assertThat(path.waiting).endsWith(WaitingEvent.NOT_KEPT).hasSize(1030);
        path.flowEnded(FLOW);
        assertThat(path.sent).hasSize(1024);
    }

    /** Both ways of a call, from INVITE to 200. */
    @Test
    void allocatesNothingOnceWarm() {
        MockTicker ticker = Ticker.newMockTicker();
        FlowInvites invites = new FlowInvites(256, StableHash.STANDARD, path, ticker);
        byte[] invite = down("INVITE", "c1").getBytes(ISO_8859_1);
        SipMessage ok = new SipMessage(256);
        byte[] answer = answer(down("INVITE", "c1"), "200 OK").getBytes(ISO_8859_1);
        assertThat(new SipParser().parse(answer, 0, answer.length, ok)).isEqualTo(ParseFailure.NONE);
        Ingress in = new Ingress();
        in.setStream(PathFixture.TCP, Transport.TCP, FLOW, PHONE);
        calls(invites, invite, ok, in, 100_000);
        path.waiting.clear();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        long before = threads.getThreadAllocatedBytes(thread);
        calls(invites, invite, ok, in, 100_000);
        // The bean's own answer is an object.
        assertThat(threads.getThreadAllocatedBytes(thread) - before).isLessThan(10_000);
        assertThat(path.waiting).hasSize(100_000);
        assertThat(invites.isEmpty()).isTrue();
    }

    private static void calls(FlowInvites invites, byte[] invite, SipMessage ok, Ingress in, int count) {
        for (int i = 0; i < count; i++) {
            invites.sent(FLOW, invite, 0, invite.length);
            invites.response(ok, in);
        }
    }
}
