package org.strowger.proxy.routing;

import org.strowger.sip.Ascii;
import org.strowger.sip.HeaderId;
import org.strowger.sip.IpPort;
import org.strowger.sip.Method;
import org.strowger.sip.SipMessage;
import org.strowger.sip.SipUri;
import org.strowger.sip.Span;
import org.strowger.sip.Transport;
import org.strowger.sip.cookie.Cookie;
import org.strowger.sip.cookie.CookieCodec;
import org.strowger.threading.RunsOn;

/**
 * Routes requests: RFC 3261 section 16.3 to 16.6 in that order.
 *
 * <p>A cookie decides first. Without one, a known backend may reach any host by Route or Request-URI; everybody else
 * gets what the rules say, which is always a backend, so that a stranger can never choose where we send.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class RequestRouter {
    private static final String INVALID = ".invalid";

    private final TransactionHash hashes;
    private final StableHash hash;
    private final LoopDetector loops;
    private final RouteWalk walk;
    private final PoolRouter pools;
    private final OrphanRouter orphans;
    private final NameLookup names;
    private final InFlightRequests inFlight;
    private final NextHop nextHop = new NextHop();
    private final Forward forward = new Forward();
    private final Reply reply = new Reply();
    private final IpPort scratch = new IpPort();

    RequestRouter(CookieCodec codec, StableHash hash, NameLookup names, PoolRouter pools, InFlightRequests inFlight) {
        this.names = names;
        this.inFlight = inFlight;
        this.hash = hash;
        this.hashes = new TransactionHash(hash);
        this.loops = new LoopDetector(codec);
        this.walk = new RouteWalk(codec);
        this.pools = pools;
        this.orphans = new OrphanRouter(hash, reply);
    }

    /** After {@link DropReason#AWAITING_NAME}: the look-up that will tell. */
    long awaitedLookup() {
        return nextHop.lookup();
    }

    /** Of the request routed last. */
    long transactionHash() {
        return forward.transactionHash();
    }

    Decision route(SipMessage m, Ingress in, RoutingSnapshot s) {
        forward.clear();
        walk.clear();
        int status = validate(m);
        if (status != 0) {
            return status == 200 ? reply.with(200, "OK").capabilities() : refuse(m, status, reason(status));
        }
        int loopHash = loopHash(m);
        if (loops.isLoop(m, loopHash)) {
            return refuse(m, 482, "Loop Detected");
        }
        int proxyRequire = m.first(HeaderId.PROXY_REQUIRE);
        if (proxyRequire >= 0 && m.method() != Method.ACK && m.method() != Method.CANCEL) {
            return reply.with(420, "Bad Extension").unsupportedExtensions();
        }
        if (beginsSomething(m) && in.listener() != RoutingSnapshot.BACKEND_SIDE && !s.hasListener(in.listener())) {
            // Its connection outlives the listener for a moment, and has no name of ours any more.
            return refuse(m, 503, "Listener Closing");
        }
        forward.hashes(hashes.of(m), loopHash);
        RouteWalk.Outcome outcome = walk.read(m, s.own(), forward);
        forward.secure(walk.isSecure(m));
        return switch (outcome) {
            case FORGED -> refuse(m, 403, "Forbidden");
            case COOKIE -> byCookie(m, in, s);
            case PLAIN -> withoutCookie(m, in, s);
        };
    }

    private static boolean beginsSomething(SipMessage m) {
        return m.method().formsDialog() || m.method() == Method.REGISTER || m.method() == Method.NOTIFY;
    }

    CookieFinding cookieFinding() {
        return walk.finding();
    }

    /** An ACK is never answered, whatever is wrong with it. */
    Decision refuse(SipMessage m, int status, String reason) {
        return m.method() == Method.ACK ? DropReason.ACK_REFUSED : reply.with(status, reason);
    }

    private static int validate(SipMessage m) {
        if (m.requestUri().scheme() == SipUri.Scheme.OTHER) {
            return 416;
        }
        if (m.maxForwards() == 0) {
            return m.method() == Method.OPTIONS ? 200 : 483;
        }
        return 0;
    }

    private static String reason(int status) {
        return status == 416 ? "Unsupported URI Scheme" : "Too Many Hops";
    }

    private Decision byCookie(SipMessage m, Ingress in, RoutingSnapshot s) {
        Cookie cookie = walk.cookie();
        boolean dialog = cookie.kind() == Cookie.Kind.RECORD_ROUTE;
        boolean sameDirection = dialog && cookie.fromTagHash() == fromTagHash(m);
        if (dialog && sameDirection == cookie.isBegunByClient()) {
            return toBackend(m, s, s.target(cookie.backend()));
        }
        if (!s.hasListener(cookie.listener()) && cookie.listener() != RoutingSnapshot.BACKEND_SIDE) {
            return refuse(m, 430, "Flow Failed");
        }
        Target source = sourceBackend(m, in, s);
        if (cookie.hasFlow()) {
            forward.toFlow(cookie.listener(), cookie.flow());
        } else if (source != Target.NONE && isReachableByName(m, s, cookie)) {
            forward.toAddress(cookie.listener(), nextHop.address());
        } else {
            forward.toAddress(cookie.listener(), cookie.address());
        }
        walk.yieldToStrictRouter(m, forward);
        if (isDialogForming(m) || isNotifyIn(dialog, m)) {
            Target begins = source == Target.NONE && dialog ? s.target(cookie.backend()) : source;
            forward.recordRouteToClient(begins, cookie.isBehindNat());
        }
        return forward;
    }

    /**
     * True when the normal rules can find the client: it is not behind NAT, and the next Route or the Request-URI names
     * an address of its listener's kind. Only a backend is believed; a stranger's request goes where the cookie says.
     */
    private boolean isReachableByName(SipMessage m, RoutingSnapshot s, Cookie cookie) {
        SipUri uri = walk.hasNext() ? walk.next() : walk.requestUri(m);
        return !cookie.isBehindNat()
                && s.hasListener(cookie.listener())
                && nextHop.read(m.bytes(), uri)
                && nextHop.transport() == s.listener(cookie.listener()).transport()
                && nextHop.address().isIpv4() == s.listener(cookie.listener()).isIpv4();
    }

    private int fromTagHash(SipMessage m) {
        return m.fromTag().isPresent()
                ? (int) hash.hash(m.bytes(), m.fromTag().start(), m.fromTag().end())
                : 0;
    }

    /** The normal rules name the hop where they name a backend; where they cannot, the cookie's backend gets it. */
    private Decision toBackend(SipMessage m, RoutingSnapshot s, Target dialogBackend) {
        SipUri uri = walk.hasNext() ? walk.next() : walk.requestUri(m);
        Target named = nextHop.read(m.bytes(), uri) ? namedBackend(s, dialogBackend) : Target.NONE;
        Target target = named == Target.NONE ? dialogBackend : named;
        if (named != Target.NONE) {
            walk.yieldToStrictRouter(m, forward);
        }
        if (target == Target.NONE) {
            return refuse(m, 481, "Call/Transaction Does Not Exist");
        }
        Pool pool = s.poolOfDead(target);
        Target taker = pool == null ? target : orphans.taker(m, s, pool, target);
        if (taker == Target.NONE) {
            return orphans.refuse(m);
        }
        forward.toTarget(taker);
        if (taker != target) {
            return forward;
        }
        if (isDialogForming(m) || isNotifyIn(true, m)) {
            forward.recordRoute(target, true);
        }
        return forward;
    }

    private Target namedBackend(RoutingSnapshot s, Target dialogBackend) {
        return dialogBackend != Target.NONE && dialogBackend.address().same(nextHop.address())
                ? dialogBackend
                : s.target(nextHop.address(), nextHop.transport());
    }

    private Decision withoutCookie(SipMessage m, Ingress in, RoutingSnapshot s) {
        SipUri requestUri = walk.requestUri(m);
        boolean addressedToUs = !walk.hasNext() && s.own().contains(m.bytes(), requestUri, scratch);
        if (addressedToUs && m.method() == Method.OPTIONS && !requestUri.user().isPresent()) {
            return reply.with(200, "OK").capabilities();
        }
        Target source = sourceBackend(m, in, s);
        if (source != Target.NONE && s.isOutbound() && !addressedToUs) {
            return outbound(m, s, source);
        }
        InFlightRequests.Place place = inFlight.find(forward.transactionHash(), m, s);
        return place == null ? pools.route(m, in, s, forward, reply) : follow(m, place);
    }

    private Forward follow(SipMessage m, InFlightRequests.Place place) {
        forward.follow(place.target(), place.attempt());
        PoolRouter.mark(m, place.pathPolicy(), place.target(), forward);
        return forward;
    }

    Decision again(SipMessage m, Ingress in, RoutingSnapshot s, Tried tried, int attempt) {
        begin(m, s);
        Decision decision = pools.routeOther(m, in, s, forward, reply, tried);
        forward.setAttempt(attempt);
        return decision;
    }

    Forward repeated(SipMessage m, InFlightRequests.Place place, RoutingSnapshot s) {
        begin(m, s);
        return follow(m, place);
    }

    /** The first steps of {@link #route}, for a request that has passed all its checks. */
    private void begin(SipMessage m, RoutingSnapshot s) {
        forward.clear();
        walk.clear();
        forward.hashes(hashes.of(m), loopHash(m));
        walk.read(m, s.own(), forward);
    }

    private int loopHash(SipMessage m) {
        int route = m.first(HeaderId.ROUTE);
        return route < 0 ? hashes.loopOf(m, -1, -1) : hashes.loopOf(m, m.valueStart(route), m.valueEnd(route));
    }

    /** A backend sends to somebody who is not behind one of our cookies: RFC 3263 finds the hop. */
    private Decision outbound(SipMessage m, RoutingSnapshot s, Target source) {
        SipUri uri = walk.hasNext() ? walk.next() : walk.requestUri(m);
        if (uri.scheme() != SipUri.Scheme.SIP && uri.scheme() != SipUri.Scheme.SIPS) {
            return refuse(m, 416, "Unsupported URI Scheme");
        }
        if (nextHop.read(m.bytes(), uri)) {
            return toNextHop(m, s, source);
        }
        return isInvalid(m.bytes(), NextHop.target(uri)) ? refuse(m, 430, "Flow Failed") : byName(m, uri, s, source);
    }

    /** True for a host under {@code .invalid}, which no name server knows (RFC 2606): a browser's Contact. */
    private static boolean isInvalid(byte[] b, Span host) {
        int dot = host.end() - INVALID.length();
        return dot > host.start() && Ascii.equalsIgnoreCase(b, dot, host.end(), INVALID);
    }

    /** 404 where there is no such host; what only we cannot do is 500, or the backend would give us up (section 16.7). */
    private Decision byName(SipMessage m, SipUri uri, RoutingSnapshot s, Target source) {
        return switch (names.find(m.bytes(), uri, forward.transactionHash(), nextHop)) {
            case KNOWN -> toNextHop(m, s, source);
            case PENDING -> DropReason.AWAITING_NAME;
            case UNKNOWN -> refuse(m, 404, "No Such Host");
            case FAILED -> refuse(m, 500, "Name Look-Up Failed");
            case REFUSED -> refuse(m, 500, "Too Many Name Look-Ups");
            case NO_TRANSPORT -> refuse(m, 503, "No Listener For This Transport");
        };
    }

    private Decision toNextHop(SipMessage m, RoutingSnapshot s, Target source) {
        if (nextHop.transport().isWebSocket()) {
            // A browser is reached by its connection, which a cookie names (RFC 7118 section 5): this one has none.
            return refuse(m, 430, "Flow Failed");
        }
        int listener = s.clientListener(nextHop.transport(), nextHop.address().isIpv4());
        if (listener < 0) {
            return refuse(m, 503, "No Listener For This Transport");
        }
        forward.toNamed(listener, nextHop.address());
        walk.yieldToStrictRouter(m, forward);
        if (isDialogForming(m)) {
            forward.recordRoute(source, false);
        }
        return forward;
    }

    static boolean isDialogForming(SipMessage m) {
        return m.method().formsDialog() && !m.toTag().isPresent();
    }

    /** The subscriber may know the dialog by its NOTIFY only, and takes the Route set from there (RFC 6665 section 4.3). */
    private static boolean isNotifyIn(boolean dialog, SipMessage m) {
        return dialog && m.method() == Method.NOTIFY;
    }

    /**
     * The backend that sent this request, or none. A backend is known by its address and port, or, on a connection of
     * its own choice of port, by its address and the port in its Via.
     */
    private Target sourceBackend(SipMessage m, Ingress in, RoutingSnapshot s) {
        Target exact = s.target(in.source(), in.transport());
        if (exact != Target.NONE) {
            return exact;
        }
        boolean internal = in.listener() == RoutingSnapshot.BACKEND_SIDE
                || (s.hasListener(in.listener()) && s.listener(in.listener()).isInternal());
        Target sameHost = s.targetOnHost(in.source());
        if (sameHost == Target.NONE || internal) {
            return sameHost;
        }
        if (in.transport() == Transport.UDP) {
            return Target.NONE;
        }
        scratch.set(in.source());
        scratch.setPort(
                m.topVia().port() < 0
                        ? in.transport().defaultPort()
                        : m.topVia().port());
        return s.target(scratch, in.transport());
    }
}
