package org.strowger.proxy.forwarding;

import org.strowger.proxy.routing.Decision;
import org.strowger.proxy.routing.DropReason;
import org.strowger.proxy.routing.Forward;
import org.strowger.proxy.routing.InFlightRequests;
import org.strowger.proxy.routing.Ingress;
import org.strowger.proxy.routing.NameLookup;
import org.strowger.proxy.routing.Reply;
import org.strowger.proxy.routing.Router;
import org.strowger.proxy.routing.RoutingSnapshot;
import org.strowger.proxy.routing.SnapshotSource;
import org.strowger.proxy.routing.StableHash;
import org.strowger.proxy.routing.Target;
import org.strowger.sip.Method;
import org.strowger.sip.ParseFailure;
import org.strowger.sip.SipEditor;
import org.strowger.sip.SipMessage;
import org.strowger.sip.SipParser;
import org.strowger.sip.Transport;
import org.strowger.sip.cookie.CookieCodec;
import org.strowger.threading.RunsOn;

/**
 * The way of one message through one event loop: parse, route, compose, send. Bytes in and bytes out; the sockets are
 * behind {@link Egress}, so a test or a benchmark needs none.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class MessagePath {
    /** Our headers, and a reply's, on top of the longest message taken in. */
    private static final int HEADROOM = 4096;

    /** The longest UDP payload over IPv4. */
    private static final int MAX_DATAGRAM = 65_507;

    private final SnapshotSource snapshots;
    private final Egress egress;
    private final PathObserver observer;
    private final SipParser parser = new SipParser();
    private final SipMessage message;
    private final Router router;
    private final ParkedRequests parked;
    private final RequestComposer requests;
    private final ResponseComposer responses;
    private final ReplyComposer replies;
    private final Reply ownReply = new Reply();
    private final byte[] out;

    /** A path on which hosts are given by address only: a name is answered with 404. */
    public MessagePath(
            int loop,
            CookieCodec codec,
            SnapshotSource snapshots,
            Egress egress,
            PathObserver observer,
            MessageLimits limits) {
        this(loop, codec, snapshots, egress, observer, limits, NameLookup.NONE, ParkedRequests.none());
    }

    /**
     * @param codec of this loop alone
     * @param limits of the messages taken in
     * @param names of hosts that backends call
     * @param parked of this loop alone: where requests wait for those names
     */
    public MessagePath(
            int loop,
            CookieCodec codec,
            SnapshotSource snapshots,
            Egress egress,
            PathObserver observer,
            MessageLimits limits,
            NameLookup names,
            ParkedRequests parked) {
        this.parked = parked;
        this.snapshots = snapshots;
        this.egress = egress;
        this.observer = observer;
        this.message = new SipMessage(limits.maxHeaders());
        this.out = new byte[limits.maxMessageBytes() + HEADROOM];
        StableHash hash = StableHash.STANDARD;
        SipEditor editor = new SipEditor();
        this.router = new Router(codec, hash, names, InFlightRequests.NONE);
        this.requests = new RequestComposer(loop, codec, hash, editor);
        this.responses = new ResponseComposer(editor);
        this.replies = new ReplyComposer(hash);
    }

    /** One message that came in at {@code in}, in {@code bytes[from, to)}. */
    public void accept(byte[] bytes, int from, int to, Ingress in) {
        ParseFailure failure = parser.parse(bytes, from, to, message);
        RoutingSnapshot snapshot = snapshots.current();
        Decision decision;
        if (failure == ParseFailure.NONE) {
            observer.received(message, in, snapshot);
            decision = router.route(message, in, snapshot);
            observer.cookie(router.cookieFinding(message));
        } else {
            observer.parseFailed(failure);
            decision = router.refuse(message, failure);
        }
        carryOut(decision, in, snapshot);
    }

    /**
     * A message of ours that could not be delivered: a request is answered in its backend's stead (RFC 3261 section
     * 16.9), through the same cookie that would have brought the backend's answer.
     */
    public void undelivered(byte[] bytes, int from, int to, Ingress in) {
        if (parser.parse(bytes, from, to, message) != ParseFailure.NONE
                || !message.isRequest()
                || message.method() == Method.ACK) {
            return;
        }
        int length = replies.compose(message, in, ownReply.set(503, "Service Unavailable"), out);
        if (length > 0) {
            byte[] answer = java.util.Arrays.copyOf(out, length);
            accept(answer, 0, length, in);
        }
    }

    /** Answers a message that broke its stream, before the connection is closed. */
    public void refuse(byte[] bytes, int from, int to, Ingress in, String reason) {
        parser.parse(bytes, from, to, message);
        if (message.isRequest() && message.method() != Method.ACK) {
            reply(ownReply.set(400, reason), in);
        }
    }

    /**
     * Takes the requests again that waited for that look-up, each for the only time: an answer that is gone again by
     * now is taken for a failure. Must not be called while another message is on its way.
     */
    public void nameKnown(long lookup) {
        for (ParkedRequests.Parked waiting : parked.take(lookup)) {
            if (parked.isOverdue(waiting)) {
                observer.dropped(DropReason.NAME_OVERDUE);
                continue;
            }
            byte[] bytes = waiting.bytes();
            Ingress in = waiting.ingress();
            RoutingSnapshot snapshot = snapshots.current();
            parser.parse(bytes, 0, bytes.length, message);
            Decision decision = router.route(message, in, snapshot);
            if (decision == DropReason.AWAITING_NAME) {
                refuseRequest(in, 500, "Name Look-Up Failed", DropReason.NAME_OVERDUE);
            } else {
                carryOut(decision, in, snapshot);
            }
        }
    }

    private void park(Ingress in) {
        ParkedRequests.Outcome outcome = parked.park(router.awaitedLookup(), router.transactionHash(), message, in);
        if (outcome == ParkedRequests.Outcome.FULL) {
            observer.dropped(DropReason.NAME_OVERDUE);
        }
    }

    private void carryOut(Decision decision, Ingress in, RoutingSnapshot snapshot) {
        if (decision instanceof Forward forward) {
            if (message.isRequest()) {
                forwardRequest(forward, in, snapshot);
            } else {
                forwardResponse(forward, snapshot);
            }
        } else if (decision instanceof Reply reply) {
            reply(reply, in);
        } else if (decision == DropReason.AWAITING_NAME) {
            park(in);
        } else if (decision instanceof DropReason reason) {
            observer.dropped(reason);
        }
    }

    private void forwardRequest(Forward forward, Ingress in, RoutingSnapshot snapshot) {
        int length = requests.compose(message, in, forward, snapshot, out);
        Target target = forward.target();
        boolean datagram = target != Target.NONE && target.transport().isDatagram();
        if (length < 0 || (datagram && length > MAX_DATAGRAM)) {
            refuseRequest(in, 513, "Message Too Large", DropReason.TOO_LARGE);
            return;
        }
        if (target != Target.NONE) {
            observer.toBackend(target, message);
            if (datagram) {
                egress.datagram(RoutingSnapshot.BACKEND_SIDE, target.address(), out, length);
            } else {
                egress.connection(target.address(), out, length);
            }
        } else if (!toClient(forward, snapshot, length)) {
            refuseRequest(in, 430, "Flow Failed", DropReason.FLOW_GONE);
        } else if (forward.isByName()) {
            observer.toNamed(transport(forward, snapshot));
        } else {
            observer.toClient(message, transport(forward, snapshot));
        }
    }

    private void forwardResponse(Forward forward, RoutingSnapshot snapshot) {
        int length = responses.compose(message, forward, out);
        if (length < 0) {
            observer.dropped(DropReason.TOO_LARGE);
        } else if (toClient(forward, snapshot, length)) {
            observer.toClient(message, transport(forward, snapshot));
        } else {
            observer.dropped(DropReason.FLOW_GONE);
        }
    }

    private boolean toClient(Forward forward, RoutingSnapshot snapshot, int length) {
        if (forward.flow() != 0) {
            return egress.flow(forward.flow(), out, length);
        }
        if (!transport(forward, snapshot).isDatagram()) {
            egress.connection(forward.address(), out, length);
            return true;
        }
        return egress.datagram(forward.listener(), forward.address(), out, length);
    }

    private static Transport transport(Forward forward, RoutingSnapshot snapshot) {
        return snapshot.hasListener(forward.listener())
                ? snapshot.listener(forward.listener()).transport()
                : forward.flow() != 0 ? Transport.TCP : Transport.UDP;
    }

    private void refuseRequest(Ingress in, int status, String reason, DropReason drop) {
        if (message.method() == Method.ACK) {
            observer.dropped(drop);
        } else {
            reply(ownReply.set(status, reason), in);
        }
    }

    /** Goes back the way the request came, on its connection or to where section 18.2.2 sends responses. */
    private void reply(Reply reply, Ingress in) {
        int length = replies.compose(message, in, reply, out);
        if (length < 0) {
            observer.dropped(DropReason.TOO_LARGE);
            return;
        }
        observer.replied(reply.status());
        if (in.flow() != 0) {
            egress.flow(in.flow(), out, length);
        } else {
            egress.datagram(in.listener(), replies.returnAddress(message, in, snapshots.current()), out, length);
        }
    }
}
