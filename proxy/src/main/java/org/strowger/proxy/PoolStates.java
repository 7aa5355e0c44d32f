package org.strowger.proxy;

import io.netty.util.concurrent.Ticker;
import java.util.HashMap;
import java.util.Map;
import org.strowger.proxy.balancing.Affinity;
import org.strowger.proxy.balancing.BalancingPolicy;
import org.strowger.proxy.balancing.BoundedLoad;
import org.strowger.proxy.balancing.HeaderName;
import org.strowger.proxy.balancing.PickerFactory;
import org.strowger.proxy.config.Balance;
import org.strowger.proxy.config.PoolConfig;
import org.strowger.proxy.config.RedispatchConfig;
import org.strowger.proxy.routing.Redispatch;
import org.strowger.threading.RunsOn;

/** What of each pool outlives a snapshot: the picker's turn and loads, and the affinity table. */
@RunsOn(RunsOn.Runner.CONTROL)
final class PoolStates {

    /** The lasting state of one pool. */
    record PoolState(BalancingPolicy policy, PickerFactory pickers, Affinity affinity, Redispatch redispatch) {}

    private final Ticker ticker;
    private final int eventLoops;
    private final Map<String, PoolState> byName = new HashMap<>();

    PoolStates(Ticker ticker, int eventLoops) {
        this.eventLoops = eventLoops;
        this.ticker = ticker;
    }

    PoolState of(PoolConfig pool) {
        return byName.computeIfAbsent(pool.name(), name -> {
            BalancingPolicy policy = policy(pool.balance());
            BoundedLoad bound = pool.boundedLoad().isPresent()
                    ? new BoundedLoad(pool.boundedLoad().getAsDouble(), BoundedLoad.DEFAULT.halfLife())
                    : BoundedLoad.OFF;
            Affinity affinity =
                    new Affinity(pool.affinity().entries(), pool.affinity().expire(), ticker);
            return new PoolState(policy, policy.pickers(bound, ticker), affinity, redispatch(pool.redispatch()));
        });
    }

    private Redispatch redispatch(RedispatchConfig config) {
        return new Redispatch(config.after(), config.otherAfter(), config.on(), config.budget(), eventLoops);
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
