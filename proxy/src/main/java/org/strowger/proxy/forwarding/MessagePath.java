package org.strowger.proxy.forwarding;

import org.strowger.proxy.routing.Decision;
import org.strowger.proxy.routing.DropReason;
import org.strowger.proxy.routing.Forward;
import org.strowger.proxy.routing.Ingress;
import org.strowger.proxy.routing.NameLookup;
import org.strowger.proxy.routing.Reply;
import org.strowger.proxy.routing.Router;
import org.strowger.proxy.routing.RoutingSnapshot;
import org.strowger.proxy.routing.SnapshotSource;
import org.strowger.proxy.routing.StableHash;
import org.strowger.proxy.routing.Target;
import org.strowger.sip.IpPort;
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

    private final SnapshotSource snapshots;
    private final PathObserver observer;
    private final BackendAlarm alarm;
    private final SipParser parser = new SipParser();
    private final SipMessage message;
    private final Router router;
    private final ParkedRequests parked;
    private final RequestComposer requests;
    private final ResponseComposer responses;
    private final ReplyComposer replies;
    private final Departures departures;
    private final Redispatcher redispatcher;
    private final LiveWatch watch;
    private final FlowInvites flowInvites;
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
        this(
                loop,
                codec,
                snapshots,
                egress,
                observer,
                limits,
                NameLookup.NONE,
                ParkedRequests.none(),
                RequestProtection.none());
    }

    /**
     * @param codec of this loop alone
     * @param limits of the messages taken in
     * @param names of hosts that backends call
     * @param parked of this loop alone: where requests wait for those names
     * @param protection of this loop alone: for requests that are to reach another backend if one does not answer
     */
    public MessagePath(
            int loop,
            CookieCodec codec,
            SnapshotSource snapshots,
            Egress egress,
            PathObserver observer,
            MessageLimits limits,
            NameLookup names,
            ParkedRequests parked,
            RequestProtection protection) {
        this.parked = parked;
        this.snapshots = snapshots;
        this.alarm = protection.alarm();
        this.observer = observer;
        this.message = new SipMessage(limits.maxHeaders());
        this.out = new byte[limits.maxMessageBytes() + HEADROOM];
        StableHash hash = StableHash.STANDARD;
        SipEditor editor = new SipEditor();
        InFlightFinder finder = new InFlightFinder(protection, hash);
        this.router = new Router(codec, hash, names, finder, protection.ticker());
        this.requests = new RequestComposer(loop, codec, hash, editor);
        this.responses = new ResponseComposer(editor);
        this.replies = new ReplyComposer(hash);
        this.departures = new Departures(egress, observer, replies, out);
        HopComposer hops = new HopComposer(new ViaWriter(loop, codec));
        AttemptSender sender =
                new AttemptSender(snapshots, observer, router, requests, hops, departures, limits.maxHeaders());
        InFlightLifecycle life = new InFlightLifecycle(loop, protection, observer, sender);
        this.redispatcher = new Redispatcher(finder, life, sender, departures, observer, protection);
        this.watch = new LiveWatch(observer, protection);
        this.flowInvites = new FlowInvites(limits.maxHeaders(), hash, observer, protection.ticker());
    }

    /** One message that came in at {@code in}, in {@code bytes[from, to)}. */
    public void accept(byte[] bytes, int from, int to, Ingress in) {
        accept(bytes, from, to, in, false);
    }

    private void accept(byte[] bytes, int from, int to, Ingress in, boolean undelivered) {
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
        if (decision instanceof Forward forward && !message.isRequest()) {
            watch.response(message, forward, undelivered);
            flowInvites.response(message, in);
            // With no Via to remove it answers a CANCEL of our own, and there is nobody to send it to.
            if (redispatcher.response(message, forward, undelivered) && forward.popped() > 0) {
                forwardResponse(forward, snapshot);
            }
        } else {
            carryOut(decision, in, snapshot);
        }
    }

    /** The network says that a backend at that address cannot be reached: ICMP, or its connection ended. */
    public void unreachable(IpPort peer, Transport transport) {
        Target backend = snapshots.current().backendAt(peer, transport);
        if (backend != Target.NONE && backend.transport() == transport) {
            redispatcher.unreachable(backend);
            watch.unreachable(backend);
        }
    }

    /** Time passes: to be called every 10 ms while it is true that there is something to wait for. */
    public boolean tick() {
        watch.tick();
        return redispatcher.tick() || !watch.isEmpty();
    }

    /** True when {@link #tick} should be called. */
    public boolean hasTimers() {
        return redispatcher.hasTimers() || !watch.isEmpty();
    }

    /**
     * A message of ours to a backend that could not be delivered: a request is answered in its backend's stead (RFC 3261 section
     * 16.9), through the same cookie that would have brought the backend's answer, unless another backend can have it.
     */
    public void undelivered(byte[] bytes, int from, int to, Ingress in) {
        answerInstead(
                bytes,
                from,
                to,
                in,
                ownReply.set(503, "Service Unavailable"),
                snapshots.current().backendAt(in));
    }

    /** A message of ours for a client whose connection is gone: a request is answered with 430 (RFC 5626 section 5.3.1). */
    public void flowGone(byte[] bytes, int from, int to, Ingress in) {
        answerInstead(bytes, from, to, in, ownReply.set(430, "Flow Failed"), Target.NONE);
    }

    /** An INVITE of ours is on its way down that connection of a client. */
    public void invited(long flow, byte[] bytes, int from, int to) {
        flowInvites.sent(flow, bytes, from, to);
    }

    /**
     * A client's connection has ended: the INVITEs that it had and did not answer are answered as those that come too late.
     * True when there was one.
     */
    public boolean flowEnded(Ingress in) {
        boolean answered = false;
        for (byte[] head = flowInvites.next(in.flow()); head != null; head = flowInvites.next(in.flow())) {
            flowGone(head, 0, head.length, in);
            answered = true;
        }
        return answered;
    }

    private void answerInstead(byte[] bytes, int from, int to, Ingress in, Reply answer, Target failed) {
        ParseFailure failure = parser.parse(bytes, from, to, message);
        // The head will do.
        if ((failure != ParseFailure.NONE && failure != ParseFailure.BODY_TOO_SHORT)
                || !message.isRequest()
                || message.method() == Method.ACK) {
            return;
        }
        int length = replies.compose(message, in, answer, out);
        if (length > 0) {
            byte[] text = java.util.Arrays.copyOf(out, length);
            if (failed != Target.NONE) {
                alarm.raise(failed);
            }
            accept(text, 0, length, in, true);
        }
    }

    /** Answers a message that broke its stream, before the connection is closed. */
    public void refuse(byte[] bytes, int from, int to, Ingress in, int status, String reason) {
        parser.parse(bytes, from, to, message);
        if (message.isRequest() && message.method() != Method.ACK) {
            reply(ownReply.set(status, reason), in);
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
            if (!forward.isFollowing() || redispatcher.follow(message, in, snapshot)) {
                forwardRequest(forward, in, snapshot);
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
        if (!Departures.fits(target, length)) {
            refuseRequest(in, 513, "Message Too Large", DropReason.TOO_LARGE);
            return;
        }
        if (target != Target.NONE) {
            observer.toBackend(target, message);
            departures.toBackend(target, length);
            redispatcher.sent(message, forward, in);
            watch.sent(message, forward);
        } else if (!departures.toClient(forward, snapshot, length)) {
            refuseRequest(in, 430, "Flow Failed", DropReason.FLOW_GONE);
        } else if (forward.isByName()) {
            observer.toNamed(RequestComposer.nextTransport(forward, snapshot));
        } else {
            observer.toClient(message, RequestComposer.nextTransport(forward, snapshot));
        }
    }

    private void forwardResponse(Forward forward, RoutingSnapshot snapshot) {
        int length = responses.compose(message, forward, snapshot, out);
        if (length < 0) {
            observer.dropped(DropReason.TOO_LARGE);
        } else if (departures.toClient(forward, snapshot, length)) {
            observer.toClient(message, RequestComposer.nextTransport(forward, snapshot));
        } else {
            observer.dropped(DropReason.FLOW_GONE);
        }
    }

    private void refuseRequest(Ingress in, int status, String reason, DropReason drop) {
        if (message.method() == Method.ACK) {
            observer.dropped(drop);
        } else {
            reply(ownReply.set(status, reason), in);
        }
    }

    private void reply(Reply reply, Ingress in) {
        departures.reply(message, reply, in, snapshots.current());
    }
}
