package org.strowger.proxy;

import io.netty.util.concurrent.Ticker;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;
import org.strowger.proxy.balancing.Affinity;
import org.strowger.proxy.balancing.BalancingPolicy;
import org.strowger.proxy.balancing.BoundedLoad;
import org.strowger.proxy.balancing.HeaderName;
import org.strowger.proxy.balancing.PickerFactory;
import org.strowger.proxy.config.Balance;
import org.strowger.proxy.config.PoolConfig;
import org.strowger.proxy.config.RedispatchConfig;
import org.strowger.proxy.metrics.MetricName;
import org.strowger.proxy.metrics.Scrape;
import org.strowger.proxy.routing.Redispatch;
import org.strowger.threading.RunsOn;

/** What of each pool outlives a snapshot: the picker's turn and loads, and the affinity table. */
@RunsOn(RunsOn.Runner.CONTROL)
final class PoolStates {

    /**
     * The lasting state of one pool.
     *
     * @param of what it was made for
     */
    record PoolState(
            PoolConfig of, BalancingPolicy policy, PickerFactory pickers, Affinity affinity, Redispatch redispatch) {}

    private final Ticker ticker;
    private final int eventLoops;
    /** Written by the control loop; the scrape reads. */
    private final Map<String, PoolState> byName = new ConcurrentHashMap<>();

    PoolStates(Ticker ticker, int eventLoops) {
        this.eventLoops = eventLoops;
        this.ticker = ticker;
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

    /** Forgets the pools that are not among {@code names}. */
    void retain(Collection<String> names) {
        byName.keySet().retainAll(Set.copyOf(names));
    }

    private PoolState made(PoolConfig pool) {
        Affinity affinity =
                new Affinity(pool.affinity().entries(), pool.affinity().expire(), ticker);
        return fresh(pool, affinity);
    }

    private PoolState changed(PoolState before, PoolConfig pool) {
        if (!before.of().affinity().equals(pool.affinity())) {
            before.affinity().limit(pool.affinity().entries(), pool.affinity().expire());
        }
        boolean samePolicy = before.of().balance().equals(pool.balance())
                && before.of().boundedLoad().equals(pool.boundedLoad());
        return samePolicy
                ? new PoolState(
                        pool,
                        before.policy(),
                        before.pickers(),
                        before.affinity(),
                        before.of().redispatch().equals(pool.redispatch())
                                        && before.of()
                                                .passive()
                                                .errors()
                                                .equals(pool.passive().errors())
                                ? before.redispatch()
                                : redispatch(pool))
                : fresh(pool, before.affinity());
    }

    private PoolState fresh(PoolConfig pool, Affinity affinity) {
        BalancingPolicy policy = policy(pool.balance());
        BoundedLoad bound = pool.boundedLoad().isPresent()
                ? new BoundedLoad(pool.boundedLoad().getAsDouble(), BoundedLoad.DEFAULT.halfLife())
                : BoundedLoad.OFF;
        return new PoolState(pool, policy, policy.pickers(bound, ticker), affinity, redispatch(pool));
    }

    /** Has {@code scrape} read the affinity tables of the pools that there are. */
    void measure(Scrape scrape) {
        scrape.follow(
                () -> new TreeSet<>(byName.keySet()),
                List.of(
                        series(MetricName.AFFINITY_ENTRIES, Affinity::size),
                        series(MetricName.AFFINITY, Affinity::hits, "hit"),
                        series(MetricName.AFFINITY, Affinity::misses, "miss"),
                        series(MetricName.AFFINITY_REMOVALS, Affinity::expirations, "expired"),
                        series(MetricName.AFFINITY_REMOVALS, Affinity::evictions, "evicted")));
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
                config.on(),
                config.budget(),
                eventLoops,
                pool.passive().errors().codes());
    }

    /** The policy as written in the configuration. */
    static String text(Balance balance) {
        if (balance instanceof Balance.CallId) {
            return "call-id";
        }
        if (balance instanceof Balance.SourceIp) {
            return "source-ip";
        }
        if (balance instanceof Balance.User) {
            return "user";
        }
        return balance instanceof Balance.Header header ? "header:" + header.name() : "round-robin";
    }

    private static BalancingPolicy policy(Balance balance) {
        if (balance instanceof Balance.CallId) {
            return new BalancingPolicy.CallId();
        }
        if (balance instanceof Balance.SourceIp) {
            return new BalancingPolicy.SourceIp();
        }
        if (balance instanceof Balance.User) {
            return new BalancingPolicy.User();
        }
        if (balance instanceof Balance.Header header) {
            return new BalancingPolicy.Header(new HeaderName(header.name()));
        }
        return new BalancingPolicy.RoundRobin();
    }
}
