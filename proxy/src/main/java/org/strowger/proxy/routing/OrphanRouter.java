package org.strowger.proxy.routing;

import org.strowger.proxy.balancing.AffinityKey;
import org.strowger.proxy.balancing.Picker;
import org.strowger.sip.Method;
import org.strowger.sip.SipMessage;
import org.strowger.threading.RunsOn;

/**
 * Decides on a request in a dialog whose backend is down, so that its sender need not wait for 32 s (decision 0022).
 *
 * <p>{@link Pool.Dialogs#GROUP}: another member gets it, the same for the whole call. Without one, or with {@link
 * Pool.Dialogs#FAIL}, it is sent to that backend as long as that may answer: it was heard of a moment ago, or has answered since
 * it was found to be down.
 *
 * <p>After that: BYE is answered with 481, which ends the dialog on the sender's side too, and PRACK, whose INVITE rings
 * elsewhere by now (decision 0027); all else with
 * 500 and Retry-After, which ends nothing but the transaction (RFC 5057 section 5.1), for the backend may be back soon.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class OrphanRouter {
    private static final int RETRY_AFTER_SECONDS = 2;

    private final AffinityKey keys;
    private final Reply reply;

    OrphanRouter(StableHash hash, Reply reply) {
        this.keys = new AffinityKey(hash::hash);
        this.reply = reply;
    }

    /** Who gets it; {@link Target#NONE}: it is refused. */
    Target taker(SipMessage m, RoutingSnapshot s, Pool pool, Target dead) {
        if (pool.dialogs() == Pool.Dialogs.GROUP && !dead.hasAnsweredSince()) {
            Target heir = heir(keys.ofCallId(m), s, pool, dead);
            if (heir != Target.NONE) {
                return heir;
            }
        }
        return s.mayAnswer(dead) ? dead : Target.NONE;
    }

    Decision refuse(SipMessage m) {
        if (m.method() == Method.ACK) {
            return DropReason.ACK_REFUSED;
        }
        return m.method() == Method.BYE || m.method() == Method.PRACK
                ? reply.with(481, "Backend Gone")
                : reply.with(500, "Backend Gone").retryAfter(RETRY_AFTER_SECONDS);
    }

    private static Target heir(long callId, RoutingSnapshot s, Pool pool, Target dead) {
        long kept = pool.affinity().get(callId);
        Target known = kept == 0 ? Target.NONE : s.target(kept);
        if (known != Target.NONE && s.poolOfDead(known) == null) {
            return known;
        }
        int choice = pool.picker().pickOther(callId, index -> pool.member(index) == dead);
        if (choice == Picker.NONE) {
            return Target.NONE;
        }
        Target heir = pool.member(Picker.index(choice));
        pool.affinity().put(callId, heir.identity());
        return heir;
    }
}
