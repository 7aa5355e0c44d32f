package org.strowger.proxy.balancing;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.strowger.threading.RunsOn;

/** Builds the pickers of one pool: shares, guard, policy, and around them what counts calls. */
@RunsOn(RunsOn.Runner.CONTROL)
final class PoolPickers implements PickerFactory {
    private final BalancingPolicy policy;
    private final PolicyFactory factory;
    private final BalancingSettings settings;
    private final Measurements measurements;
    private final Map<String, CallRate> rates;
    private final TrialGate trials;

    PoolPickers(BalancingPolicy policy, BalancingSettings settings, Measurements measurements) {
        this.policy = policy;
        this.settings = settings;
        this.measurements = measurements;
        this.factory = factory(policy, settings, measurements);
        this.rates = new HashMap<>();
        this.trials = new TrialGate(settings.trialInterval(), measurements.ticker());
    }

    private PoolPickers(PoolPickers before, BalancingSettings settings) {
        this.policy = before.policy;
        this.settings = settings;
        this.measurements = before.measurements;
        this.rates = before.rates;
        BalancingSettings old = before.settings;
        boolean sameFactory =
                old.bound().equals(settings.bound()) && old.maxReportAge().equals(settings.maxReportAge());
        this.factory = sameFactory || policy instanceof BalancingPolicy.RoundRobin
                ? before.factory
                : factory(policy, settings, measurements);
        this.trials = old.trialInterval().equals(settings.trialInterval())
                ? before.trials
                : new TrialGate(settings.trialInterval(), measurements.ticker());
    }

    @Override
    public PickerFactory under(BalancingSettings other) {
        return other.equals(settings) ? this : new PoolPickers(this, other);
    }

    private static PolicyFactory factory(
            BalancingPolicy policy, BalancingSettings settings, Measurements measurements) {
        if (policy instanceof BalancingPolicy.RoundRobin) {
            return new RoundRobinPicker.Factory();
        }
        if (policy instanceof BalancingPolicy.LeastCalls) {
            return drawing(Preferring.leastCalls(), measurements);
        }
        if (policy instanceof BalancingPolicy.LeastRequests) {
            return drawing(Preferring.leastRequests(), measurements);
        }
        if (policy instanceof BalancingPolicy.Latency) {
            return drawing(Preferring.latency(), measurements);
        }
        if (policy instanceof BalancingPolicy.ReportedLoad) {
            return drawing(Preferring.reportedLoad(settings.maxReportAge()), measurements);
        }
        return new TransitionPicker.Factory(settings.bound(), measurements.ticker());
    }

    private static PolicyFactory drawing(Preferring preferring, Measurements measurements) {
        return (members, shares, guard) ->
                new DrawingPicker(shares, guard, preferring, measurements.ticker(), measurements.salt());
    }

    @Override
    public Picker build(List<Member> members) {
        rates.keySet().retainAll(members.stream().map(m -> m.backend().id()).toList());
        // The keys of a backend that came up meet it only when those 32 s are over: it has nothing to do slowly before.
        long delayNanos = policy.isHash() ? TransitionPicker.REPEATS_NANOS : 0;
        Shares shares = Shares.of(members, settings.preference());
        Guard guard = new Guard(
                members, measurements.loads(), rates, settings.slowStart(), delayNanos, measurements.ticker());
        Picker picker = factory.build(members, shares, guard);
        int[] onTrial = IntStream.range(0, members.size())
                .filter(i -> members.get(i).isOnTrial())
                .toArray();
        if (onTrial.length > 0) {
            picker = new TrialPicker(picker, onTrial, trials);
        }
        boolean counts = policy instanceof BalancingPolicy.LeastCalls
                || members.stream().anyMatch(member -> member.limits().calls() > 0);
        if (counts || members.stream().anyMatch(member -> !member.limits().isNone())) {
            Guard.CountsCalls leases = counts ? Guard.CountsCalls.YES : Guard.CountsCalls.NO;
            picker = new CountingPicker(picker, guard, shares, leases, measurements.calls());
        }
        return picker;
    }
}
