package org.strowger.proxy.routing;

import org.strowger.sip.SipMessage;
import org.strowger.sip.Via;
import org.strowger.sip.cookie.Cookie;
import org.strowger.sip.cookie.CookieCodec;
import org.strowger.threading.RunsOn;

/**
 * Tells a loop from a spiral (RFC 3261 section 16.3 step 4): a request that bears our Via comes back unchanged in what
 * decides its way.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class LoopDetector {
    private static final int MAGIC_LENGTH = 7;

    private final CookieCodec codec;
    private final Cookie cookie = new Cookie();
    private final Via via = new Via();

    LoopDetector(CookieCodec codec) {
        this.codec = codec;
    }

    boolean isLoop(SipMessage m, int loopHash) {
        byte[] b = m.bytes();
        boolean present = m.firstVia(via);
        while (present) {
            if (via.hasMagicBranch(b)
                    && codec.read(
                                    b,
                                    via.branch().start() + MAGIC_LENGTH,
                                    via.branch().end(),
                                    cookie)
                            .isValid()
                    && cookie.kind() == Cookie.Kind.VIA
                    && cookie.loopHash() == loopHash) {
                return true;
            }
            present = m.nextVia(via);
        }
        return false;
    }
}
