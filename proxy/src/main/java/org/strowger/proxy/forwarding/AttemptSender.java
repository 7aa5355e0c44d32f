package org.strowger.proxy.forwarding;

import org.strowger.proxy.inflight.InFlightRequest;
import org.strowger.proxy.routing.Decision;
import org.strowger.proxy.routing.Forward;
import org.strowger.proxy.routing.Reply;
import org.strowger.proxy.routing.Router;
import org.strowger.proxy.routing.RoutingSnapshot;
import org.strowger.proxy.routing.SnapshotSource;
import org.strowger.proxy.routing.Target;
import org.strowger.sip.ParseFailure;
import org.strowger.sip.SipMessage;
import org.strowger.sip.SipParser;
import org.strowger.threading.RunsOn;

/** Sends what we ourselves send for a request in flight, made of the bytes that were kept of it. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class AttemptSender {
    private final SnapshotSource snapshots;
    private final PathObserver observer;
    private final Router router;
    private final RequestComposer requests;
    private final HopComposer hops;
    private final Departures departures;
    private final SipParser parser = new SipParser();
    private final SipMessage stored;
    private final Reply reply = new Reply();

    AttemptSender(
            SnapshotSource snapshots,
            PathObserver observer,
            Router router,
            RequestComposer requests,
            HopComposer hops,
            Departures departures,
            int maxHeaders) {
        this.snapshots = snapshots;
        this.observer = observer;
        this.router = router;
        this.requests = requests;
        this.hops = hops;
        this.departures = departures;
        this.stored = new SipMessage(maxHeaders);
    }

    /** The one that holds now. */
    RoutingSnapshot snapshot() {
        return snapshots.current();
    }

    /** Sends the request to a backend that has not been tried, as a new attempt. False when there is none. */
    boolean toAnother(InFlightRequest e) {
        if (!e.isWhole() || !isRead(e)) {
            return false;
        }
        RoutingSnapshot snapshot = snapshots.current();
        Decision decision = router.again(stored, e.ingress(), snapshot, e::hasTried, e.attempts());
        if (!(decision instanceof Forward forward)) {
            return false;
        }
        Target target = forward.target();
        int length = requests.compose(stored, e.ingress(), forward, snapshot, departures.out());
        if (!Departures.fits(target, length)) {
            return false;
        }
        observer.givenUp(e.target(e.living()), stored);
        e.attempt(target);
        observer.toBackend(target, stored);
        departures.toBackend(target, length);
        return true;
    }

    /** Nothing is expected of the living attempt any more. */
    void abandon(InFlightRequest e) {
        if (isRead(e)) {
            observer.givenUp(e.target(e.living()), stored);
        }
    }

    /** Sends the request to the backend of its living attempt once more. */
    void repeat(InFlightRequest e) {
        e.aim(e.living());
        if (!e.isWhole() || !isRead(e)) {
            return;
        }
        RoutingSnapshot snapshot = snapshots.current();
        Forward forward = router.repeated(stored, e, snapshot);
        int length = requests.compose(stored, e.ingress(), forward, snapshot, departures.out());
        if (length > 0) {
            observer.inFlight(InFlightEvent.REPEATED);
            observer.toBackend(e.target(), stored);
            departures.toBackend(e.target(), length);
        }
    }

    /** Cancels an attempt (RFC 3261 section 9.1). */
    void cancel(InFlightRequest e, int attempt) {
        e.aim(attempt);
        if (!isRead(e)) {
            return;
        }
        RoutingSnapshot snapshot = snapshots.current();
        Forward forward = router.repeated(stored, e, snapshot);
        int length = hops.cancel(stored, e, forward, snapshot, departures.out());
        if (length > 0) {
            observer.inFlight(InFlightEvent.CANCEL_SENT);
            departures.toBackend(e.target(), length);
        }
    }

    /** Acknowledges the failure of an attempt (RFC 3261 section 17.1.1.3). */
    void acknowledge(InFlightRequest e, int attempt, SipMessage failure) {
        e.aim(attempt);
        if (!isRead(e)) {
            return;
        }
        RoutingSnapshot snapshot = snapshots.current();
        Forward forward = router.repeated(stored, e, snapshot);
        int length = hops.ack(stored, e.ingress(), forward, snapshot, failure, departures.out());
        if (length > 0) {
            departures.toBackend(e.target(), length);
        }
    }

    /** Answers the request ourselves. */
    void reply(InFlightRequest e, int status) {
        if (isRead(e)) {
            departures.reply(stored, ownReply(status, e.transactionHash()), e.ingress(), snapshots.current());
        }
    }

    /** Our answer of that status; the same for each repetition of a request. */
    Reply ownReply(int status, long transactionHash) {
        return switch (status) {
            case 100 -> reply.set(100, "Trying");
            case 200 -> reply.set(200, "OK");
            case 408 -> reply.set(408, "Request Timeout");
            case 487 -> reply.set(487, "Request Terminated");
            // Spread over some seconds, so that clients do not come back all at once.
            default -> reply.set(500, "No Backend Available").retryAfter(1 + (int) (transactionHash & 3));
        };
    }

    private boolean isRead(InFlightRequest e) {
        return e.length() > 0
                && parser.parse(e.bytes(), e.offset(), e.offset() + e.length(), stored) == ParseFailure.NONE;
    }
}
