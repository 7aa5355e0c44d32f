package org.strowger.proxy.routing;

import org.strowger.sip.ParseFailure;
import org.strowger.sip.SipMessage;
import org.strowger.sip.cookie.CookieCodec;
import org.strowger.threading.RunsOn;

/**
 * Where does this message go: a function of the message, the snapshot and the keys. No socket, no clock, no state but
 * the affinity table behind the pools and what is known of names.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class Router {
    private final RequestRouter requests;
    private final ResponseRouter responses;

    /** For a path on which hosts are given by address only. */
    public Router(CookieCodec codec, StableHash hash) {
        this(codec, hash, NameLookup.NONE, InFlightRequests.NONE);
    }

    /** One per event loop; the codec's scratch space is shared with nobody else. */
    public Router(CookieCodec codec, StableHash hash, NameLookup names, InFlightRequests inFlight) {
        requests = new RequestRouter(codec, hash, names, inFlight);
        responses = new ResponseRouter(codec);
    }

    /** Decides on a parsed message. The decision is valid until the next call. */
    public Decision route(SipMessage m, Ingress in, RoutingSnapshot snapshot) {
        return m.isRequest() ? requests.route(m, in, snapshot) : responses.route(m);
    }

    /**
     * Decides anew on a request that backends have not answered: a {@link Forward} to one that has not been tried, or
     * the {@link Reply} that nobody is left.
     */
    public Decision again(SipMessage m, Ingress in, RoutingSnapshot snapshot, Tried tried, int attempt) {
        return requests.again(m, in, snapshot, tried, attempt);
    }

    /** What to change in a request that goes to the same backend again. */
    public Forward repeated(SipMessage m, InFlightRequests.Place place, RoutingSnapshot snapshot) {
        return requests.repeated(m, place, snapshot);
    }

    /** After {@link DropReason#AWAITING_NAME}: the look-up whose end the request waits for. */
    public long awaitedLookup() {
        return requests.awaitedLookup();
    }

    /** After {@link DropReason#AWAITING_NAME}: what the request has in common with its retransmissions and CANCEL. */
    public long transactionHash() {
        return requests.transactionHash();
    }

    /** What the cookie was that decided about that message, or was to. */
    public CookieFinding cookieFinding(SipMessage m) {
        return m.isRequest() ? requests.cookieFinding() : responses.cookieFinding();
    }

    /** Decides on a message that the parser refused. */
    public Decision refuse(SipMessage m, ParseFailure failure) {
        return m.isRequest() && failure.status() != 0
                ? requests.refuse(m, failure.status(), failure.text())
                : DropReason.UNPARSEABLE;
    }
}
