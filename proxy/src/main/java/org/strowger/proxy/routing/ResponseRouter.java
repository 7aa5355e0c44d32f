package org.strowger.proxy.routing;

import org.strowger.sip.SipMessage;
import org.strowger.sip.Via;
import org.strowger.sip.cookie.Cookie;
import org.strowger.sip.cookie.CookieCodec;
import org.strowger.sip.cookie.CookieVerdict;
import org.strowger.threading.RunsOn;

/**
 * Sends a response back where its request came from (RFC 3261 section 16.7): the cookie in our Via knows.
 *
 * <p>No table is asked. That is our exception to RFC 6026, which has a proxy drop a stray 2xx: after a takeover the new
 * active node knows no transaction, but a response that bears our signature is no stray.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class ResponseRouter {
    private static final int MAGIC_LENGTH = 7;
    private static final int SERVICE_UNAVAILABLE = 503;

    private final CookieCodec codec;
    private final Cookie cookie = new Cookie();
    private final Forward forward = new Forward();
    private CookieFinding finding = CookieFinding.NONE;

    ResponseRouter(CookieCodec codec) {
        this.codec = codec;
    }

    CookieFinding cookieFinding() {
        return finding;
    }

    Decision route(SipMessage m) {
        finding = CookieFinding.NONE;
        Via via = m.topVia();
        byte[] b = m.bytes();
        if (!via.hasMagicBranch(b)) {
            return DropReason.RESPONSE_NOT_OURS;
        }
        CookieVerdict verdict =
                codec.read(b, via.branch().start() + MAGIC_LENGTH, via.branch().end(), cookie);
        finding = CookieFinding.of(verdict);
        if (!verdict.isValid() || cookie.kind() != Cookie.Kind.VIA) {
            return DropReason.RESPONSE_BAD_COOKIE;
        }
        forward.clear();
        if (via.hasNextInLine()) {
            forward.pop(m.valueStart(via.header()), via.nextStart());
        } else if (m.next(via.header()) >= 0) {
            forward.pop(m.lineStart(via.header()), m.lineEnd(via.header()));
        } else {
            return DropReason.RESPONSE_WITHOUT_CLIENT;
        }
        if (cookie.hasFlow()) {
            forward.toFlow(cookie.listener(), cookie.flow());
        } else {
            forward.toAddress(cookie.listener(), cookie.address());
        }
        forward.answers(cookie.transactionHash(), cookie.attempt(), cookie.isTowardsClient());
        if (m.statusCode() == SERVICE_UNAVAILABLE && !cookie.isTowardsClient()) {
            forward.busyBecomesFailure();
        }
        return forward;
    }
}
