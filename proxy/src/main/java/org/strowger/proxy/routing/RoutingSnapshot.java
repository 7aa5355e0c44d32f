package org.strowger.proxy.routing;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.strowger.sip.IpPort;
import org.strowger.sip.Transport;
import org.strowger.threading.RunsOn;

/**
 * All that the data path needs to know, as one immutable picture. An event loop reads it once per message; only {@link
 * SnapshotPublisher} replaces it.
 */
@RunsOn(RunsOn.Runner.ANY)
public final class RoutingSnapshot {
    /** The number that stands for the sockets of the backends' side where a listener's number is asked for. */
    public static final int BACKEND_SIDE = 255;

    /** Before the first configuration: no listener, no backend, no rule. */
    public static final RoutingSnapshot EMPTY = new RoutingSnapshot(
            List.of(),
            List.of(),
            List.of(),
            RuleSet.NONE,
            new OwnAddresses(Set.of(), List.of()),
            new RecordRoute[0][],
            new byte[0][],
            false);

    private final @Nullable SipListener[] listeners;
    private final int firstListener;
    private final TargetIndex targets;
    private final Pool[] pools;
    /** Backends whose old calls no pool leaves to them alone, with one of their pools. Read only. */
    private final IdentityHashMap<Target, Pool> orphans;

    /** Those of them that are sent what nobody else can take. Read only. */
    private final Set<Target> lingering;

    /** Those where nobody is any more, by the word of all their pools. Read only. */
    private final Set<Target> gone;

    private final RuleSet rules;
    private final OwnAddresses own;
    private final RecordRoute[][] defaultRecordRoutes;
    private final byte[][] backendSideVias;
    private final boolean outbound;

    /**
     * @param defaultRecordRoutes by listener number and loop: for dialogs with a backend that is not known
     * @param backendSideVias by loop: our Via, up to and including {@code ;branch=}, for what the backends' socket sends
     *     to others than backends
     */
    public RoutingSnapshot(
            List<SipListener> listeners,
            List<Target> targets,
            List<Pool> pools,
            RuleSet rules,
            OwnAddresses own,
            RecordRoute[][] defaultRecordRoutes,
            byte[][] backendSideVias,
            boolean outbound) {
        this.listeners = new @Nullable SipListener[BACKEND_SIDE];
        for (SipListener listener : listeners) {
            this.listeners[listener.number()] = listener;
        }
        this.firstListener = listeners.isEmpty() ? 0 : listeners.get(0).number();
        this.targets = new TargetIndex(targets);
        this.pools = pools.toArray(Pool[]::new);
        this.orphans = orphans(pools);
        this.lingering = lingering(pools);
        this.gone = gone(pools);
        this.rules = rules;
        this.own = own;
        this.defaultRecordRoutes = defaultRecordRoutes;
        this.backendSideVias = backendSideVias;
        this.outbound = outbound;
    }

    private RoutingSnapshot(RoutingSnapshot other, Pool[] pools, RuleSet rules) {
        this.listeners = other.listeners;
        this.firstListener = other.firstListener;
        this.targets = other.targets;
        this.pools = pools;
        this.rules = rules;
        this.own = other.own;
        this.defaultRecordRoutes = other.defaultRecordRoutes;
        this.backendSideVias = other.backendSideVias;
        this.outbound = other.outbound;
        this.orphans = orphans(List.of(pools));
        this.lingering = lingering(List.of(pools));
        this.gone = gone(List.of(pools));
    }

    /** The same picture with other pools and rules. */
    RoutingSnapshot with(List<Pool> otherPools, RuleSet otherRules) {
        return new RoutingSnapshot(this, otherPools.toArray(Pool[]::new), otherRules);
    }

    List<Pool> pools() {
        return List.of(pools);
    }

    private static IdentityHashMap<Target, Pool> orphans(List<Pool> pools) {
        IdentityHashMap<Target, Pool> dead = new IdentityHashMap<>();
        for (Pool pool : pools) {
            for (int i = 0; i < pool.size(); i++) {
                if (!pool.keepsDialogs(i)) {
                    dead.put(pool.member(i), pool);
                }
            }
        }
        for (Pool pool : pools) {
            for (int i = 0; i < pool.size(); i++) {
                if (pool.keepsDialogs(i)) {
                    dead.remove(pool.member(i));
                }
            }
        }
        return dead;
    }

    private static Set<Target> lingering(List<Pool> pools) {
        Set<Target> all = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Pool pool : pools) {
            for (int i = 0; i < pool.size(); i++) {
                if (pool.lingers(i)) {
                    all.add(pool.member(i));
                }
            }
        }
        return all;
    }

    private static Set<Target> gone(List<Pool> pools) {
        Set<Target> all = Collections.newSetFromMap(new IdentityHashMap<>());
        pools.forEach(
                pool -> IntStream.range(0, pool.size()).filter(pool::isGone).forEach(i -> all.add(pool.member(i))));
        pools.forEach(pool ->
                IntStream.range(0, pool.size()).filter(i -> !pool.isGone(i)).forEach(i -> all.remove(pool.member(i))));
        return all;
    }

    /** True for a backend, of this snapshot or another one, where nobody was any more when this snapshot was made. */
    public boolean isGone(Target backend) {
        return !gone.isEmpty() && gone.contains(targets.byIdentity(backend.identity()));
    }

    /** True for a backend that {@link #isGone}, and yet has sent a response since. */
    public boolean hasAnsweredSince(Target backend) {
        return targets.byIdentity(backend.identity()).hasAnsweredSince();
    }

    /** True for a backend, of this snapshot or another one, that is down: what waits for it may go elsewhere. */
    public boolean isDead(Target backend) {
        return poolOfDead(targets.byIdentity(backend.identity())) != null;
    }

    /** A pool of a backend that calls are not left to, neither new nor old; null for any other backend. */
    @Nullable
    Pool poolOfDead(Target backend) {
        return orphans.isEmpty() ? null : orphans.get(backend);
    }

    /** True for a backend with a {@link #poolOfDead} that may still answer what belongs to calls it has. */
    boolean mayAnswer(Target dead) {
        return lingering.contains(dead) || dead.hasAnsweredSince();
    }

    /** The listener of that number, which must not be {@link #BACKEND_SIDE}. */
    public SipListener listener(int number) {
        return Objects.requireNonNull(listeners[number]);
    }

    /** True when there is a listener of that number; a cookie of another configuration may name one that is gone. */
    public boolean hasListener(int number) {
        return number >= 0 && number < BACKEND_SIDE && listeners[number] != null;
    }

    /** The first listener on the clients' side with that transport and family, or -1. */
    int clientListener(Transport transport, boolean isIpv4) {
        for (SipListener listener : listeners) {
            if (listener != null
                    && listener.transport() == transport
                    && listener.isIpv4() == isIpv4
                    && !listener.isInternal()) {
                return listener.number();
            }
        }
        return -1;
    }

    /** The backend at the address and transport that a message came from, or {@link Target#NONE}. */
    public Target backendAt(Ingress in) {
        return targets.byAddress(in.source(), in.transport());
    }

    /** The backend at that address, or {@link Target#NONE}. */
    public Target backendAt(IpPort address, Transport transport) {
        return targets.byAddress(address, transport);
    }

    /** The backend of that identity, or {@link Target#NONE}. */
    public Target target(long identity) {
        return targets.byIdentity(identity);
    }

    Target target(IpPort address, Transport transport) {
        return targets.byAddress(address, transport);
    }

    Target targetOnHost(IpPort address) {
        return targets.byHost(address);
    }

    /** The pool of that name, or null. Not for each message. */
    public @Nullable Pool pool(String name) {
        for (Pool pool : pools) {
            if (pool.name().equals(name)) {
                return pool;
            }
        }
        return null;
    }

    /** True for a backend of some pool that is not in maintenance, or one that may keep what it has. */
    public boolean knows(long identity) {
        return targets.byIdentity(identity) != Target.NONE;
    }

    /** The pool with that index in the configuration. */
    public Pool pool(int index) {
        return pools[index];
    }

    RuleSet rules() {
        return rules;
    }

    OwnAddresses own() {
        return own;
    }

    /** How we name ourselves in a dialog between {@code backend} and a client of that listener. */
    public RecordRoute recordRoute(Target backend, int listener, int loop) {
        int number = hasListener(listener) ? listener : firstListener;
        return backend == Target.NONE ? defaultRecordRoutes[number][loop] : backend.recordRoute(number, loop);
    }

    /** Our Via for a request that leaves by that listener's socket. */
    public byte[] clientViaPrefix(int listener, int loop) {
        return hasListener(listener) ? listener(listener).viaPrefix() : backendSideVias[loop];
    }

    /** The number of regular expressions in the rules that are left to RE2/J, which is slow and allocates. */
    public int slowPatterns() {
        return rules.slowPatterns();
    }

    /** True when backends may call hosts that are no backends, by Request-URI. */
    boolean isOutbound() {
        return outbound;
    }
}
