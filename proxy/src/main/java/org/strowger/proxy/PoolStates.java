package org.strowger.proxy;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.strowger.discovery.Backend;
import org.strowger.health.probe.ReportedLoad;
import org.strowger.proxy.balancing.Affinity;
import org.strowger.proxy.balancing.BackendLoad;
import org.strowger.proxy.balancing.BalancingPolicy;
import org.strowger.proxy.balancing.BalancingSettings;
import org.strowger.proxy.balancing.BoundedLoad;
import org.strowger.proxy.balancing.LoadReport;
import org.strowger.proxy.balancing.Measurements;
import org.strowger.proxy.balancing.PickerFactory;
import org.strowger.proxy.balancing.Preference;
import org.strowger.proxy.config.Balance;
import org.strowger.proxy.config.PoolConfig;
import org.strowger.proxy.config.ZonePreference;
import org.strowger.threading.RunsOn;

/** What of each pool outlives a snapshot: the picker's turn and loads, and the affinity table. */
@RunsOn(RunsOn.Runner.CONTROL)
final class PoolStates implements PoolWatch.LoadSink {

    /** The lasting state of one pool. */
    record PoolState(BalancingPolicy policy, PickerFactory pickers, Affinity affinity) {}

    private static final Map<Class<? extends Balance>, String> WORDS = Map.of(
            Balance.RoundRobin.class, "round-robin",
            Balance.CallId.class, "call-id",
            Balance.SourceIp.class, "source-ip",
            Balance.User.class, "user",
            Balance.LeastCalls.class, "least-calls",
            Balance.LeastRequests.class, "least-requests",
            Balance.Latency.class, "latency",
            Balance.ReportedLoad.class, "reported-load");

    private final String zone;
    private final Measurements measurements;
    private final Map<String, PoolState> byName = new HashMap<>();

    /** @param zone of this node */
    PoolStates(String zone, Measurements measurements) {
        this.zone = zone;
        this.measurements = measurements;
    }

    PoolState of(PoolConfig pool) {
        return byName.computeIfAbsent(pool.name(), name -> {
            BalancingPolicy policy = BalancingPolicy.of(text(pool.balance()));
            Affinity affinity =
                    new Affinity(pool.affinity().entries(), pool.affinity().expire(), measurements.ticker());
            return new PoolState(policy, policy.pickers(settings(pool), measurements), affinity);
        });
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

    /** Has of each backend measured what the policies and limits of its pools need. */
    void measure(List<PoolConfig> pools) {
        Set<BackendLoad> leased = new HashSet<>();
        Set<BackendLoad> measured = new HashSet<>();
        Set<BackendLoad> all = new HashSet<>();
        for (PoolConfig pool : pools) {
            BalancingPolicy policy = of(pool).policy();
            boolean leases = policy instanceof BalancingPolicy.LeastCalls
                    || pool.backends().stream().anyMatch(b -> pool.limitsOf(b).calls() > 0);
            for (Backend backend : pool.backends()) {
                BackendLoad load = load(backend);
                all.add(load);
                if (leases) {
                    leased.add(load);
                }
                if (policy.measuresRequests()) {
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
