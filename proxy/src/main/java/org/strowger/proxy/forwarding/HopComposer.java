package org.strowger.proxy.forwarding;

import org.strowger.proxy.inflight.InFlightRequest;
import org.strowger.proxy.routing.Forward;
import org.strowger.proxy.routing.Ingress;
import org.strowger.proxy.routing.RoutingSnapshot;
import org.strowger.sip.HeaderId;
import org.strowger.sip.SipMessage;
import org.strowger.sip.cookie.CookieCodec;
import org.strowger.threading.RunsOn;

/**
 * Writes the ACK of a failure (RFC 3261 section 17.1.1.3) and the CANCEL (section 9.1) that we owe to an attempt of ours:
 * Request-URI, our Via, Route, From, Call-ID and CSeq number of the INVITE as that backend got it.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class HopComposer {
    private static final byte[] ACK = MessageText.ascii("ACK ");
    private static final byte[] CANCEL = MessageText.ascii("CANCEL ");
    private static final byte[] VERSION = MessageText.ascii(" SIP/2.0\r\n");
    private static final byte[] MAX_FORWARDS = MessageText.ascii("Max-Forwards: 70\r\n");
    private static final byte[] CSEQ = MessageText.ascii("CSeq: ");
    /** RFC 3326: a phone that stops ringing for this reason does not show a missed call. */
    private static final byte[] ELSEWHERE =
            MessageText.ascii("Reason: SIP;cause=200;text=\"Call completed elsewhere\"\r\n");

    private final ViaWriter vias;
    private final MessageText text = new MessageText();

    HopComposer(ViaWriter vias) {
        this.vias = vias;
    }

    /** Writes the ACK of {@code response}. Returns its length, or -1 when it does not fit. */
    int ack(SipMessage invite, Ingress in, Forward f, RoutingSnapshot s, SipMessage response, byte[] target) {
        int to = response.first(HeaderId.TO);
        if (to < 0 || !begin(invite, in, f, s, ACK, target)) {
            return -1;
        }
        text.put(response.bytes(), response.lineStart(to), response.lineEnd(to));
        return end(invite, ACK);
    }

    /** Writes the CANCEL, with the client's lines of Reason, or one that says that the call went elsewhere. */
    int cancel(SipMessage invite, InFlightRequest e, Forward f, RoutingSnapshot s, byte[] target) {
        if (!begin(invite, e.ingress(), f, s, CANCEL, target)) {
            return -1;
        }
        text.copyLine(invite, HeaderId.TO);
        if (e.reasonLength() > 0) {
            text.put(e.reason(), e.reasonOffset(), e.reasonOffset() + e.reasonLength());
        } else {
            text.put(ELSEWHERE);
        }
        return end(invite, CANCEL);
    }

    private boolean begin(SipMessage m, Ingress in, Forward f, RoutingSnapshot s, byte[] method, byte[] target) {
        text.begin(target);
        byte[] prefix = vias.prefix(f, s);
        if (2 * (m.bodyStart() - m.start()) + prefix.length + CookieCodec.MAX_TEXT + MessageText.OVERHEAD
                > target.length) {
            return false;
        }
        text.put(method);
        if (f.restoredUriStart() >= 0) {
            text.put(m.bytes(), f.restoredUriStart(), f.restoredUriEnd());
        } else {
            text.put(m.bytes(), m.requestUriText().start(), m.requestUriText().end());
        }
        text.put(VERSION);
        text.put(prefix);
        text.at(vias.cookie(m, in, f, s, text.out(), text.at()));
        text.put(MessageText.LINE_END);
        text.put(MAX_FORWARDS);
        for (int header = m.first(HeaderId.ROUTE); header >= 0; header = m.next(header)) {
            copyUnpopped(m, f, m.lineStart(header), m.lineEnd(header));
        }
        text.copyLine(m, HeaderId.FROM);
        text.copyLine(m, HeaderId.CALL_ID);
        return true;
    }

    private int end(SipMessage m, byte[] method) {
        text.put(CSEQ);
        int number = m.valueStart(m.first(HeaderId.CSEQ));
        int after = number;
        while (m.bytes()[after] >= '0' && m.bytes()[after] <= '9') {
            after++;
        }
        text.put(m.bytes(), number, after);
        text.put(' ');
        text.put(method, 0, method.length - 1);
        text.put(MessageText.LINE_END);
        text.put(MessageText.END);
        return text.at();
    }

    /** A line without the pieces to remove, which are in no order. */
    private void copyUnpopped(SipMessage m, Forward f, int from, int to) {
        int start = from;
        for (int next = nextPopped(f, start, to); next >= 0; next = nextPopped(f, start, to)) {
            text.put(m.bytes(), start, f.popFrom(next));
            start = f.popTo(next);
        }
        text.put(m.bytes(), start, to);
    }

    /** The index of the first piece in {@code [from, to)}, or -1. */
    private static int nextPopped(Forward f, int from, int to) {
        int first = -1;
        for (int i = 0; i < f.popped(); i++) {
            boolean inside = f.popFrom(i) >= from && f.popTo(i) <= to && f.popTo(i) > f.popFrom(i);
            if (inside && (first < 0 || f.popFrom(i) < f.popFrom(first))) {
                first = i;
            }
        }
        return first;
    }
}
