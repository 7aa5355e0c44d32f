package org.strowger.proxy;

import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;
import org.strowger.discovery.Backend;
import org.strowger.discovery.Protocol;
import org.strowger.health.probe.ReportedLoad;
import org.strowger.proxy.balancing.Affinity;
import org.strowger.proxy.balancing.BackendLoad;
import org.strowger.proxy.balancing.BalancingPolicy;
import org.strowger.proxy.balancing.BalancingSettings;
import org.strowger.proxy.balancing.BoundedLoad;
import org.strowger.proxy.balancing.CallRegister;
import org.strowger.proxy.balancing.LoadReport;
import org.strowger.proxy.balancing.Measurements;
import org.strowger.proxy.balancing.PickerFactory;
import org.strowger.proxy.balancing.Preference;
import org.strowger.proxy.config.Balance;
import org.strowger.proxy.config.PoolConfig;
import org.strowger.proxy.config.RedispatchConfig;
import org.strowger.proxy.config.RingingPolicy;
import org.strowger.proxy.config.ZonePreference;
import org.strowger.proxy.control.ManagedMember;
import org.strowger.proxy.control.PoolMembers;
import org.strowger.proxy.metrics.MetricName;
import org.strowger.proxy.metrics.Scrape;
import org.strowger.proxy.routing.Redispatch;
import org.strowger.threading.RunsOn;

/** What of each pool outlives a snapshot: the picker's turn and loads, and the affinity table. */
@RunsOn(RunsOn.Runner.CONTROL)
final class PoolStates implements PoolWatch.LoadSink {

    /**
     * The lasting state of one pool.
     *
     * @param of what it was made for
     */
    record PoolState(
            PoolConfig of, BalancingPolicy policy, PickerFactory pickers, Affinity affinity, Redispatch redispatch) {}

    private static final Map<Class<? extends Balance>, String> WORDS = Map.of(
            Balance.RoundRobin.class, "round-robin",
            Balance.LeastConnections.class, "least-connections",
            Balance.CallId.class, "call-id",
            Balance.SourceIp.class, "source-ip",
            Balance.User.class, "user",
            Balance.LeastCalls.class, "least-calls",
            Balance.LeastRequests.class, "least-requests",
            Balance.Latency.class, "latency",
            Balance.ReportedLoad.class, "reported-load");

    private final String zone;
    private final Measurements measurements;
    private final Successions successions;
    private final int eventLoops;
    /** Written by the control loop; the scrape reads. */
    private final Map<String, PoolState> byName = new ConcurrentHashMap<>();

    /** @param zone of this node */
    PoolStates(String zone, Measurements measurements, int eventLoops) {
        this.zone = zone;
        this.measurements = measurements;
        this.successions = new Successions(measurements.ticker());
        this.eventLoops = eventLoops;
    }

    /**
     * The state of a pool, made at the first call. Under other settings the affinity table stays, with what it holds, and
     * so do turn and loads, unless the policy is another one.
     */
    PoolState of(PoolConfig pool) {
        PoolState before = byName.get(pool.name());
        if (before != null && before.of().equals(pool)) {
            return before;
        }
        PoolState now = before == null ? made(pool) : changed(before, pool);
        byName.put(pool.name(), now);
        return now;
    }

    /** Forgets the pools and the backends that are not among these. */
    void retain(Collection<String> names, Collection<String> backendIds) {
        byName.keySet().retainAll(Set.copyOf(names));
        measurements.loads().retain(backendIds);
        successions.retain(names);
    }

    /** Leads the calls of pools that get another policy. */
    Successions successions() {
        return successions;
    }

    private PoolState made(PoolConfig pool) {
        Affinity affinity =
                new Affinity(pool.affinity().entries(), pool.affinity().expire(), measurements.ticker());
        BalancingPolicy policy = policy(pool);
        return new PoolState(pool, policy, pickers(pool, policy), affinity, redispatch(pool));
    }

    private PoolState changed(PoolState before, PoolConfig pool) {
        PoolConfig old = before.of();
        if (!old.affinity().equals(pool.affinity())) {
            before.affinity().limit(pool.affinity().entries(), pool.affinity().expire());
        }
        boolean samePolicy = old.balance().equals(pool.balance())
                && old.relay().isPresent() == pool.relay().isPresent();
        boolean sameRedispatch = old.redispatch().equals(pool.redispatch())
                && old.passive().errors().equals(pool.passive().errors())
                && old.passive().settings().isOn() == pool.passive().settings().isOn();
        BalancingPolicy policy = samePolicy ? before.policy() : policy(pool);
        return new PoolState(
                pool,
                policy,
                samePolicy ? before.pickers().under(settings(pool)) : pickers(pool, policy),
                before.affinity(),
                sameRedispatch ? before.redispatch() : redispatch(pool));
    }

    /** A relay sees the end of its connections: they need no leases, as calls do. */
    private PickerFactory pickers(PoolConfig pool, BalancingPolicy policy) {
        Measurements own = pool.relay().isPresent()
                ? new Measurements(measurements.loads(), CallRegister.NONE, measurements.ticker(), measurements.salt())
                : measurements;
        return policy.pickers(settings(pool), own);
    }

    private static BalancingPolicy policy(PoolConfig pool) {
        return BalancingPolicy.of(text(pool.balance()));
    }

    /** Has {@code scrape} read the affinity tables of the pools that there are, and the calls of backends that have leases. */
    void measure(Scrape scrape) {
        scrape.follow(
                () -> new TreeSet<>(byName.keySet()),
                List.of(
                        series(MetricName.AFFINITY_ENTRIES, Affinity::size),
                        series(MetricName.AFFINITY, Affinity::hits, "hit"),
                        series(MetricName.AFFINITY, Affinity::misses, "miss"),
                        series(MetricName.AFFINITY_REMOVALS, Affinity::expirations, "expired"),
                        series(MetricName.AFFINITY_REMOVALS, Affinity::evictions, "evicted")));
        scrape.follow(
                measurements.loads()::leasing,
                List.of(new Scrape.KeyedSeries(
                        MetricName.BACKEND_ACTIVE_CALLS,
                        id -> measurements.loads().of(id).calls(),
                        List.of())));
        scrape.follow(
                measurements.loads()::measuring,
                List.of(new Scrape.KeyedSeries(
                        MetricName.BACKEND_ACTIVE_REQUESTS,
                        id -> measurements.loads().of(id).requests(),
                        List.of())));
    }

    private Scrape.KeyedSeries series(MetricName name, ToDoubleFunction<Affinity> value, String... labels) {
        return new Scrape.KeyedSeries(
                name,
                pool -> {
                    PoolState state = byName.get(pool);
                    return state == null ? 0 : value.applyAsDouble(state.affinity());
                },
                List.of(labels));
    }

    private Redispatch redispatch(PoolConfig pool) {
        RedispatchConfig config = pool.redispatch();
        return new Redispatch(
                config.after(),
                config.otherAfter(),
                new Redispatch.Causes(config.on(), config.ringing() == RingingPolicy.GONE),
                config.budget(),
                eventLoops,
                new Redispatch.Verdicts(
                        pool.passive().settings().isOn(),
                        pool.passive().errors().codes()));
    }

    /** What cannot be read is no report. */
    @Override
    public void reported(Backend backend, ReportedLoad load) {
        Optional<LoadReport> report = switch (load.form()) {
            case HEADER -> LoadReport.ofHeader(load.text());
            case JSON -> LoadReport.ofJson(load.text());
        };
        report.ifPresent(
                known -> load(backend).reports(known, measurements.ticker().nanoTime()));
    }

    @Override
    public void probeAnswered(Backend backend, long rttNanos) {
        load(backend).probeAnswered(rttNanos, measurements.ticker().nanoTime());
    }

    /** The load of a backend. */
    BackendLoad load(Backend backend) {
        return measurements.loads().of(backend.id());
    }

    /** The calls of a backend where they have leases, and the requests of one of HTTP. */
    OptionalLong calls(Backend backend) {
        BackendLoad load = load(backend);
        if (backend.protocol() == Protocol.HTTP) {
            return OptionalLong.of(load.requests());
        }
        return load.leasesCalls() ? OptionalLong.of(load.calls()) : OptionalLong.empty();
    }

    /** The dialogs of a backend: its calls where they have leases, else about how many. */
    OptionalLong dialogs(Backend backend) {
        OptionalLong exact = calls(backend);
        return exact.isPresent()
                ? exact
                : OptionalLong.of(
                        load(backend).dialogs().count(measurements.calls().nowSeconds()));
    }

    /** How long an answered call without a session timer has its lease: as long as the pool says that wants it longest. */
    static Duration callExpiry(List<PoolConfig> pools) {
        return pools.stream()
                .map(PoolConfig::callExpiry)
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    /**
     * Has of each backend measured what the policies and limits of its pools need. A backend that is no member any more is
     * measured as before.
     *
     * @param membership of each pool, in the same order
     */
    void want(List<PoolConfig> pools, List<PoolMembers> membership) {
        measurements.calls().keepWithoutTimer(callExpiry(pools));
        Set<BackendLoad> leased = new HashSet<>();
        Set<BackendLoad> measured = new HashSet<>();
        Set<BackendLoad> all = new HashSet<>();
        for (int i = 0; i < pools.size(); i++) {
            PoolConfig pool = pools.get(i);
            List<Backend> members = membership.get(i).members().stream()
                    .map(ManagedMember::backend)
                    .toList();
            BalancingPolicy policy = of(pool).policy();
            boolean leases = policy instanceof BalancingPolicy.LeastCalls
                    || pool.relay().isPresent()
                    || members.stream().anyMatch(b -> pool.limitsOf(b).calls() > 0);
            for (Backend backend : members) {
                BackendLoad load = load(backend);
                all.add(load);
                if (leases) {
                    leased.add(load);
                }
                // What of HTTP is in progress is known by nobody else.
                if (policy.measuresRequests() || pool.isHttp()) {
                    measured.add(load);
                }
            }
        }
        all.forEach(load -> load.want(leased.contains(load), measured.contains(load)));
    }

    private BalancingSettings settings(PoolConfig pool) {
        BoundedLoad bound = pool.boundedLoad().isPresent()
                ? new BoundedLoad(pool.boundedLoad().getAsDouble(), BoundedLoad.DEFAULT.halfLife())
                : BoundedLoad.OFF;
        String near = pool.zonePreference() == ZonePreference.SAME_ZONE ? zone : "";
        return new BalancingSettings(
                bound,
                new Preference(near, pool.spillOver().orElse(0)),
                pool.slowStart(),
                pool.reportMaxAge(),
                pool.passive().trialInterval());
    }

    /** The policy as written in the configuration. */
    static String text(Balance balance) {
        return balance instanceof Balance.Header header
                ? "header:" + header.name()
                : Objects.requireNonNull(WORDS.get(balance.getClass()));
    }
}
