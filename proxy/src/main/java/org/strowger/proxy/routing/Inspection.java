package org.strowger.proxy.routing;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.strowger.proxy.balancing.AffinityKey;
import org.strowger.proxy.balancing.BalancingPolicy;
import org.strowger.proxy.balancing.Explained;
import org.strowger.proxy.balancing.Member;
import org.strowger.proxy.balancing.Picker;
import org.strowger.sip.HeaderId;
import org.strowger.sip.IpPort;
import org.strowger.sip.SipMessage;
import org.strowger.sip.SipUri;
import org.strowger.sip.cookie.CookieCodec;
import org.strowger.threading.RunsOn;

/**
 * What may be seen of a {@link RoutingSnapshot} by those who explain its decisions, for one message. Nothing it does
 * leaves a trace in the snapshot: no ticket is taken, no entry written or used, nothing counted.
 */
@RunsOn(RunsOn.Runner.ANY)
public final class Inspection {
    private final RoutingSnapshot live;
    private final CookieCodec codec;
    private final SipMessage message;
    private final Ingress ingress;
    private final AffinityKey keys = new AffinityKey(StableHash.STANDARD::hash);
    /** By pool: what its picker says about the message; asked once, so that all who ask are told the same. */
    private final Map<Integer, Explained> answers = new LinkedHashMap<>();

    /** A pool, and what it says about the message. */
    public record Look(
            String name,
            BalancingPolicy policy,
            Pool.PathPolicy path,
            List<Member> members,
            long key,
            Explained explained,
            Target remembered) {}

    /** @param message a request or response that the parser accepted; valid as long as this is used */
    public Inspection(RoutingSnapshot live, CookieCodec codec, SipMessage message, Ingress ingress) {
        this.live = live;
        this.codec = codec;
        this.message = message;
        this.ingress = ingress;
    }

    /** The snapshot with every pool's memory replaced by a copy and every picker by one that only tells. */
    public RoutingSnapshot readOnly() {
        List<Pool> pools = new ArrayList<>();
        for (int index = 0; index < live.pools().size(); index++) {
            Pool pool = live.pool(index);
            pools.add(pool.with(new Teller(index), pool.affinity().copyOf(callIdHash())));
        }
        return live.with(pools, live.rules());
    }

    /** All listeners. */
    public List<SipListener> listeners() {
        return listeners(live);
    }

    /** The keyed hash of the Call-ID. */
    public long callIdHash() {
        return keys.ofCallId(message);
    }

    /** The rules in force. */
    public RuleSet rules() {
        return live.rules();
    }

    /** The rule that the data path takes. */
    public int rule() {
        return live.rules().match(message, ingress.source(), ingress.listener(), callIdHash(), new RuleScratch());
    }

    /** True when neither a check nor a cookie nor a backend's own choice comes before the rules. */
    public boolean reachesRules() {
        if (live.pools().isEmpty()) {
            return true;
        }
        Reached reached = new Reached();
        Pool pool = new Pool(
                "",
                List.of(),
                reached,
                new BalancingPolicy.CallId(),
                live.pool(0).affinity().empty(),
                Pool.PathPolicy.INSERT);
        RuleSet all = RuleSet.compile(List.of(new Rule(List.of(), new Action.ToPool(0))));
        new Router(codec, StableHash.STANDARD).route(message, ingress, live.with(List.of(pool), all));
        return reached.asked;
    }

    /** True when one of our own Vias in the request says that it comes back unchanged. */
    public boolean isLoop() {
        TransactionHash hashes = new TransactionHash(StableHash.STANDARD);
        int route = message.first(HeaderId.ROUTE);
        int loop = route < 0
                ? hashes.loopOf(message, -1, -1)
                : hashes.loopOf(message, message.valueStart(route), message.valueEnd(route));
        return new LoopDetector(codec).isLoop(message, loop);
    }

    /** True when the URI's host and port are ours. */
    public boolean isOwn(SipUri uri) {
        return live.own().contains(message.bytes(), uri, new IpPort());
    }

    /** The pool with that index, whose key, policy and members the message meets. */
    public Look pool(int index) {
        Pool pool = live.pool(index);
        long key = keys.of(pool.policy(), message, ingress.source());
        long identity = pool.affinity().peek(callIdHash());
        return new Look(
                pool.toString(),
                pool.policy(),
                pool.pathPolicy(),
                pool.choices(),
                key,
                told(index, key),
                identity == 0 ? Target.NONE : live.target(identity));
    }

    /** The name of the pool with that index. */
    public String poolName(int index) {
        return live.pool(index).toString();
    }

    private Explained told(int pool, long key) {
        return answers.computeIfAbsent(pool, index -> explained(live.pool(index).picker(), key));
    }

    private Explained explained(Picker picker, long key) {
        return PoolRouter.beginsCall(message) ? picker.explainCall(key) : picker.explain(key);
    }

    /** The backend that a cookie names; in a Via's it has only the lower 32 bits of the identity. */
    public static Optional<String> backend(RoutingSnapshot s, long identity) {
        long mask = identity >>> 32 == 0 ? 0xFFFF_FFFFL : -1;
        return s.pools().stream()
                .flatMap(pool -> pool.members().stream())
                .filter(target -> (target.identity() & mask) == identity)
                .map(target -> target.backend().id())
                .findFirst();
    }

    /** All listeners. */
    public static List<SipListener> listeners(RoutingSnapshot s) {
        List<SipListener> open = new ArrayList<>();
        for (int number = 0; number < RoutingSnapshot.BACKEND_SIDE; number++) {
            if (s.hasListener(number)) {
                open.add(s.listener(number));
            }
        }
        return open;
    }

    /** Stands in for a pool's picker. */
    @RunsOn(RunsOn.Runner.ANY)
    private final class Teller implements Picker {
        private final int pool;

        Teller(int pool) {
            this.pool = pool;
        }

        @Override
        public int pick(long keyHash) {
            return told(pool, keyHash).choice();
        }

        @Override
        public int repeat(long keyHash) {
            return live.pool(pool).picker().repeat(keyHash);
        }
    }

    /** Knows whether anybody asked. */
    @RunsOn(RunsOn.Runner.ANY)
    private static final class Reached implements Picker {
        private boolean asked;

        @Override
        public int pick(long keyHash) {
            asked = true;
            return NONE;
        }

        @Override
        public int repeat(long keyHash) {
            return pick(keyHash);
        }
    }
}
