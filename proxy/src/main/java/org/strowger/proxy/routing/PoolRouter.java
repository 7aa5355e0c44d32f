package org.strowger.proxy.routing;

import org.strowger.proxy.balancing.AffinityKey;
import org.strowger.proxy.balancing.CallsAtHome;
import org.strowger.proxy.balancing.Picker;
import org.strowger.sip.HeaderId;
import org.strowger.sip.Method;
import org.strowger.sip.SipMessage;
import org.strowger.threading.RunsOn;

/**
 * Gives a request that no cookie decides to a backend of the pool that the rules name.
 *
 * <p>A choice that arithmetic cannot repeat is kept in the pool's affinity table by Call-ID, so that retransmissions,
 * CANCEL and the ACK of a failure meet their INVITE's backend, across a change of the backend set too. What arithmetic
 * repeats is known to {@link CallsAtHome} for a while, so that a retransmission is not diverted from a backend that has become
 * full since.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class PoolRouter {
    /** Retry-After of calls that limits keep out is 1 s to this and 1 s, by Call-ID. A mask of bits. */
    private static final int LONGEST_WAIT = 3;

    private final AffinityKey keys;
    private final RuleScratch scratch = new RuleScratch();
    private final CallsAtHome callsAtHome;

    PoolRouter(StableHash hash, CallsAtHome callsAtHome) {
        this.keys = new AffinityKey(hash::hash);
        this.callsAtHome = callsAtHome;
    }

    Decision route(SipMessage m, Ingress in, RoutingSnapshot s, Forward forward, Reply reply) {
        RuleSet rules = s.rules();
        long callId = keys.ofCallId(m);
        scratch.peer(in.peer());
        int rule = rules.match(m, in.source(), in.listener(), callId, scratch);
        if (rule < 0) {
            return refuse(m, reply, 404, "No Rule Matches");
        }
        if (rules.rejectStatus(rule) != 0) {
            return refuse(m, reply, rules.rejectStatus(rule), "Rejected");
        }
        Pool pool = s.pool(rules.pool(rule));
        if (m.method() == Method.REGISTER && pool.pathPolicy() == Pool.PathPolicy.REFUSE && !supports(m, "path")) {
            return reply.with(421, "Extension Required").require("path");
        }
        Target target = choose(m, in, s, pool, callId);
        if (target == Target.NONE) {
            return nobody(m, in, pool, callId, reply);
        }
        forward.toMember(target, pool, callId);
        mark(m, pool.pathPolicy(), target, forward);
        return forward;
    }

    /** The same for a request that has been given to {@code tried} in vain. */
    Decision routeOther(SipMessage m, Ingress in, RoutingSnapshot s, Forward forward, Reply reply, Tried tried) {
        RuleSet rules = s.rules();
        long callId = keys.ofCallId(m);
        scratch.peer(in.peer());
        int rule = rules.match(m, in.source(), in.listener(), callId, scratch);
        if (rule < 0 || rules.rejectStatus(rule) != 0) {
            return reply.with(500, "No Backend Available");
        }
        Pool pool = s.pool(rules.pool(rule));
        Picker.Excluded excluded = index -> tried.contains(pool.member(index));
        long key = keys.of(pool.policy(), m, in.source());
        int index = Picker.index(
                beginsCall(m)
                        ? pool.picker().pickOtherCall(key, callId, excluded)
                        : pool.picker().pickOther(key, excluded));
        if (index == Picker.NONE) {
            return reply.with(500, "No Backend Available");
        }
        Target target = pool.member(index);
        pool.affinity().put(callId, target.identity());
        forward.toMember(target, pool, callId);
        mark(m, pool.pathPolicy(), target, forward);
        return forward;
    }

    /** Says which headers of ours are due in a request to a pool's member. */
    static void mark(SipMessage m, Pool.PathPolicy policy, Target target, Forward forward) {
        if (m.method() == Method.REGISTER) {
            if (policy == Pool.PathPolicy.INSERT || supports(m, "path")) {
                forward.path(target, isFirstHop(m) && supports(m, "outbound"));
            }
        } else if (RequestRouter.isDialogForming(m)) {
            forward.recordRoute(target, true);
        }
    }

    private Decision nobody(SipMessage m, Ingress in, Pool pool, long callId, Reply reply) {
        if (beginsCall(m) && pool.picker().repeat(keys.of(pool.policy(), m, in.source())) != Picker.NONE) {
            // Somebody is there who takes new calls, but no more of them now.
            return reply.with(500, "All Backends At Their Limits")
                    .atLimits()
                    .retryAfter(1 + (int) (callId & LONGEST_WAIT));
        }
        return refuse(m, reply, 500, "No Backend Available");
    }

    private static Decision refuse(SipMessage m, Reply reply, int status, String reason) {
        return m.method() == Method.ACK ? DropReason.ACK_REFUSED : reply.with(status, reason);
    }

    private Target choose(SipMessage m, Ingress in, RoutingSnapshot s, Pool pool, long callId) {
        long kept = pool.affinity().isEmpty() ? 0 : pool.affinity().get(callId);
        Target known = kept == 0 ? Target.NONE : s.target(kept);
        boolean follows = m.method() == Method.ACK || m.method() == Method.CANCEL;
        if (known != Target.NONE && (follows || s.poolOfDead(known) == null)) {
            return known;
        }
        Succession former = kept == 0 ? pool.succession() : null;
        boolean isYoung = former != null && !former.isOver();
        if (former != null && isYoung && (follows || callsAtHome.contains(callId))) {
            Target placed = former.placed(m, in, keys, s);
            if (placed != Target.NONE && (follows || s.poolOfDead(placed) == null)) {
                return placed;
            }
        }
        long key = keys.of(pool.policy(), m, in.source());
        int choice = follows ? pool.picker().repeat(key) : pick(m, pool.picker(), key, callId);
        if (choice == Picker.NONE) {
            return Target.NONE;
        }
        Target target = pool.member(Picker.index(choice));
        // A backend that is gone may come back, but not to this call.
        if (!follows && (kept != 0 || isYoung || Picker.mustRemember(choice))) {
            pool.affinity().put(callId, target.identity());
        }
        return target;
    }

    static boolean beginsCall(SipMessage m) {
        return m.method() == Method.INVITE && !m.toTag().isPresent();
    }

    private int pick(SipMessage m, Picker picker, long key, long callId) {
        boolean call = beginsCall(m);
        int choice = call ? picker.pickCall(key, callId) : picker.pick(key);
        if (Picker.isDiverted(choice)) {
            if (!callsAtHome.contains(callId)) {
                return choice;
            }
            return call ? picker.stayCall(key, callId, choice) : picker.stay(key, choice);
        }
        if (choice != Picker.NONE && !Picker.mustRemember(choice)) {
            callsAtHome.add(callId);
        }
        return choice;
    }

    /** True when nobody has forwarded it before. */
    private static boolean isFirstHop(SipMessage m) {
        return m.next(m.first(HeaderId.VIA)) < 0 && !m.topVia().hasNextInLine();
    }

    /** True when that option tag is among those of Supported. */
    private static boolean supports(SipMessage m, String tag) {
        for (int header = m.first(HeaderId.SUPPORTED); header >= 0; header = m.next(header)) {
            if (OptionTags.contains(m.bytes(), m.valueStart(header), m.valueEnd(header), tag)) {
                return true;
            }
        }
        return false;
    }
}
