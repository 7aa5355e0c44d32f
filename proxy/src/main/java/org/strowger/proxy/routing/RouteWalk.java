package org.strowger.proxy.routing;

import java.util.Arrays;
import org.strowger.sip.HeaderId;
import org.strowger.sip.IpPort;
import org.strowger.sip.NameAddr;
import org.strowger.sip.SipMessage;
import org.strowger.sip.SipUri;
import org.strowger.sip.Span;
import org.strowger.sip.cookie.Cookie;
import org.strowger.sip.cookie.CookieCodec;
import org.strowger.sip.cookie.CookieVerdict;
import org.strowger.threading.RunsOn;

/**
 * Route information preprocessing (RFC 3261 section 16.4): undoes a strict router's work, takes our own values off the
 * top of the Route set, and says what they told us.
 *
 * <p>A value is ours when its user part is a cookie that verifies, whatever its host says (after a takeover it may name
 * the other node), or when its host and port are ours. Both halves of a double Record-Route go together. Where several
 * cookies follow each other the last one decides: it belongs to the hop next to us.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class RouteWalk {

    /** What the top of the Route set is. */
    enum Outcome {
        /** No cookie: route by the rules. */
        PLAIN,
        /** A cookie decides. */
        COOKIE,
        /** A cookie that does not verify, or more own values than any honest message has. */
        FORGED
    }

    private static final Span NOTHING = new Span();

    private final CookieCodec codec;
    private final Cookie cookie = new Cookie();
    private final Cookie candidate = new Cookie();
    private final NameAddr value = new NameAddr();
    private final SipUri uri = new SipUri();
    private final SipUri restored = new SipUri();
    private final IpPort scratch = new IpPort();
    private Outcome outcome = Outcome.PLAIN;
    private CookieVerdict verdict = CookieVerdict.MALFORMED;
    private CookieFinding finding = CookieFinding.NONE;
    private boolean more;
    private boolean strict;
    private int takenStart;
    private int takenEnd;
    private int lastHeader;
    private int lastValueStart;
    private int nextHeader;
    private int nextValueStart;

    RouteWalk(CookieCodec codec) {
        this.codec = codec;
    }

    /** The deciding cookie when {@link Outcome#COOKIE}. */
    Cookie cookie() {
        return cookie;
    }

    /** True when a Route value that is not ours remains; {@link #next()} is its URI. */
    boolean hasNext() {
        return more;
    }

    SipUri next() {
        return uri;
    }

    /** The Request-URI, or the one that stood in its place before a strict router. */
    SipUri requestUri(SipMessage m) {
        return strict ? restored : m.requestUri();
    }

    /** True when the Request-URI or the Route on top is a sips URI, ours being off (section 16.6 step 4). */
    boolean isSecure(SipMessage m) {
        return requestUri(m).scheme() == SipUri.Scheme.SIPS || (more && uri.scheme() == SipUri.Scheme.SIPS);
    }

    /** Forgets the message before. */
    void clear() {
        outcome = Outcome.PLAIN;
        finding = CookieFinding.NONE;
    }

    CookieFinding finding() {
        return finding;
    }

    /**
     * Makes way for a strict router (section 16.6 step 6): when the next Route has no lr parameter, its URI becomes the
     * Request-URI, and the Request-URI the last Route. Only for a hop that this Route does name. A value without angle
     * brackets is against the grammar, and cannot say that it has lr; it stays.
     */
    void yieldToStrictRouter(SipMessage m, Forward edits) {
        if (!more || uri.isLooseRouting() || !uri.host().isPresent() || !value.isBracketed()) {
            return;
        }
        if (strict) {
            edits.keepLastRoute();
        } else {
            edits.appendUri();
        }
        edits.restoreUri(
                uri.whole().start(),
                uri.headers().isPresent() ? uri.headers().start() : uri.whole().end());
        if (value.nextStart() >= 0) {
            edits.popNext(nextValueStart, value.nextStart(), false);
        } else {
            edits.popNext(m.lineStart(nextHeader), m.lineEnd(nextHeader), true);
        }
    }

    /** Reads the Route set; what must go is marked in {@code edits}. */
    Outcome read(SipMessage m, OwnAddresses own, Forward edits) {
        clear();
        more = false;
        strict = false;
        int header = m.first(HeaderId.ROUTE);
        strictRouter(m, header, edits);
        while (header >= 0 && outcome != Outcome.FORGED) {
            if (strict && header == lastHeader && m.valueStart(header) == lastValueStart) {
                break;
            }
            if (!popOwnValues(m, header, own, edits)) {
                break;
            }
            header = m.next(header);
        }
        return outcome;
    }

    /** The Request-URI holds our Record-Route value: the real one is the last Route. */
    private void strictRouter(SipMessage m, int first, Forward edits) {
        SipUri target = m.requestUri();
        if (!target.user().isPresent() || !readCookie(m.bytes(), target)) {
            return;
        }
        take(target.user());
        if (first < 0) {
            return;
        }
        int header = first;
        for (int next = m.next(header); next >= 0; next = m.next(header)) {
            header = next;
        }
        int start = m.valueStart(header);
        int previousEnd = -1;
        while (m.readNameAddr(start, m.valueEnd(header), value) && value.nextStart() >= 0) {
            previousEnd = value.end();
            start = value.nextStart();
        }
        if (!m.readNameAddr(start, m.valueEnd(header), value) || !m.readUri(value.uri(), restored)) {
            outcome = Outcome.FORGED;
            return;
        }
        strict = true;
        lastHeader = header;
        lastValueStart = start;
        edits.restoreUri(value.uri().start(), value.uri().end());
        boolean wholeLine = previousEnd < 0;
        edits.pop(wholeLine ? m.lineStart(header) : previousEnd, wholeLine ? m.lineEnd(header) : m.valueEnd(header));
    }

    /** Pops our values from the front of one header line. True when the whole line was ours. */
    private boolean popOwnValues(SipMessage m, int header, OwnAddresses own, Forward edits) {
        int start = m.valueStart(header);
        int end = m.valueEnd(header);
        int at = start;
        while (at >= 0) {
            boolean restoredOne = strict && header == lastHeader && at == lastValueStart;
            boolean readable = !restoredOne && m.readNameAddr(at, end, value);
            boolean ours = readable && isOurs(m, own);
            if (!ours) {
                if (!readable) {
                    // Or the URI read before it would pass for the next hop.
                    m.readUri(NOTHING, uri);
                }
                if (at > start && !edits.pop(start, at)) {
                    outcome = Outcome.FORGED;
                }
                more = !restoredOne && outcome != Outcome.FORGED;
                nextHeader = header;
                nextValueStart = at;
                return false;
            }
            at = value.nextStart();
        }
        if (!edits.pop(m.lineStart(header), m.lineEnd(header))) {
            outcome = Outcome.FORGED;
        }
        return true;
    }

    private boolean isOurs(SipMessage m, OwnAddresses own) {
        if (!m.readUri(value.uri(), uri)) {
            return false;
        }
        boolean hasUser = uri.user().isPresent();
        if (hasUser && readCookie(m.bytes(), uri)) {
            take(uri.user());
            return true;
        }
        if (!own.contains(m.bytes(), uri, scratch)) {
            return false;
        }
        if (hasUser && verdict != CookieVerdict.MALFORMED) {
            outcome = Outcome.FORGED;
            finding = CookieFinding.of(verdict);
        }
        return true;
    }

    private boolean readCookie(byte[] b, SipUri from) {
        if (outcome == Outcome.COOKIE && isTaken(b, from.user())) {
            return true;
        }
        verdict = codec.read(b, from.user().start(), from.user().end(), candidate);
        return verdict.isValid() && candidate.kind() != Cookie.Kind.VIA;
    }

    /** True for the other half of a double Record-Route: the same text says the same. */
    private boolean isTaken(byte[] b, Span user) {
        return user.length() == takenEnd - takenStart
                && Arrays.equals(b, user.start(), user.end(), b, takenStart, takenEnd);
    }

    private void take(Span user) {
        takenStart = user.start();
        takenEnd = user.end();
        cookie.set(candidate);
        outcome = Outcome.COOKIE;
        finding = CookieFinding.of(verdict);
    }
}
