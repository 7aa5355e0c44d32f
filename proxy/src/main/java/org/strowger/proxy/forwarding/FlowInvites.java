package org.strowger.proxy.forwarding;

import io.netty.util.concurrent.Ticker;
import org.jspecify.annotations.Nullable;
import org.strowger.proxy.inflight.WaitingInvites;
import org.strowger.proxy.routing.Ingress;
import org.strowger.proxy.routing.StableHash;
import org.strowger.sip.Method;
import org.strowger.sip.ParseFailure;
import org.strowger.sip.SipMessage;
import org.strowger.sip.SipParser;
import org.strowger.sip.Span;
import org.strowger.threading.RunsOn;

/**
 * Remembers the INVITEs that clients of this loop's connections have not answered, so that somebody answers them when the
 * connection ends (RFC 5626 section 5.3.1). Of each the head is kept, as it went out: an answer needs no more.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class FlowInvites {
    /** A trunk may have many calls that ring; answering them all at once must not take a loop long. */
    private static final WaitingInvites.Bounds BOUNDS =
            new WaitingInvites.Bounds(1 << 14, 1 << 10, 16L << 20, InFlightLifecycle.TIMER_C);

    /** Of one addition, so that it stays short after a pause. */
    private static final int MOST_EXPIRED = 16;

    private final WaitingInvites waiting = new WaitingInvites(BOUNDS);
    private final SipParser parser = new SipParser();
    /** Apart from the one of the {@link MessagePath}, which may be in use when a message leaves. */
    private final SipMessage message;

    private final StableHash hash;
    private final PathObserver observer;
    private final Ticker ticker;

    FlowInvites(int maxHeaders, StableHash hash, PathObserver observer, Ticker ticker) {
        this.message = new SipMessage(maxHeaders);
        this.hash = hash;
        this.observer = observer;
        this.ticker = ticker;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** An INVITE of ours is on its way down a client's connection. */
    void sent(long flow, byte[] bytes, int from, int to) {
        long now = ticker.nanoTime();
        expire(MOST_EXPIRED, now);
        ParseFailure failure = parser.parse(bytes, from, to, message);
        if (failure != ParseFailure.NONE || !message.isRequest() || message.method() != Method.INVITE) {
            return;
        }
        switch (waiting.add(flow, branch(message), bytes, from, message.bodyStart(), now)) {
            case KEPT -> observer.waiting(WaitingEvent.KEPT);
            case FULL -> observer.waiting(WaitingEvent.NOT_KEPT);
            case KNOWN -> {}
        }
    }

    /** A response of ours to forward, in our own stead or the client's. */
    void response(SipMessage m, Ingress in) {
        if (waiting.isEmpty() || in.flow() == 0 || m.cseqMethod() != Method.INVITE) {
            return;
        }
        if (m.statusCode() >= 200) {
            waiting.answered(in.flow(), branch(m));
        } else if (m.statusCode() > 100) {
            // As Timer C does (RFC 3261 section 16.7 step 2).
            waiting.heard(in.flow(), branch(m), ticker.nanoTime());
        }
    }

    /** The head of one that nobody will answer on that connection, which has ended; null when there is none left. */
    byte @Nullable [] next(long flow) {
        if (waiting.isEmpty()) {
            return null;
        }
        expire(Integer.MAX_VALUE, ticker.nanoTime());
        byte[] head = waiting.take(flow);
        if (head != null) {
            observer.waiting(WaitingEvent.FLOW_FAILED);
        }
        return head;
    }

    private void expire(int most, long now) {
        for (int left = waiting.expire(most, now); left > 0; left--) {
            observer.waiting(WaitingEvent.EXPIRED);
        }
    }

    private long branch(SipMessage m) {
        Span branch = m.topVia().branch();
        return hash.hash(m.bytes(), branch.start(), branch.end());
    }
}
