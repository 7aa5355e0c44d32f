package org.strowger.proxy.relay;

import java.util.List;
import java.util.random.RandomGenerator;
import org.strowger.proxy.balancing.AffinityKey;
import org.strowger.proxy.balancing.BalancingPolicy;
import org.strowger.proxy.balancing.Picker;
import org.strowger.proxy.routing.Pool;
import org.strowger.proxy.routing.StableHash;
import org.strowger.proxy.routing.Target;
import org.strowger.sip.IpPort;
import org.strowger.threading.RunsOn;

/**
 * Picks backends for what one event loop relays. What to a picker is a call is a connection or a flow here, which counts from
 * the moment it is picked until {@link #ended}.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class Choosing {
    private final AffinityKey keys = new AffinityKey(StableHash.STANDARD::hash);
    private final RandomGenerator random;

    Choosing(RandomGenerator random) {
        this.random = random;
    }

    /** A backend that is none of {@code tried}, or {@link Target#NONE}. It counts. */
    Target pick(Pool pool, IpPort source, List<Target> tried) {
        long connection = random.nextLong();
        long key = pool.policy() instanceof BalancingPolicy.SourceIp ? keys.ofAddress(source) : connection;
        Picker picker = pool.picker();
        int choice = tried.isEmpty()
                ? picker.pickCall(key, connection)
                : picker.pickOtherCall(key, connection, member -> tried.contains(pool.member(member)));
        int index = Picker.index(choice);
        if (index == Picker.NONE) {
            return Target.NONE;
        }
        Target target = pool.member(index);
        if (!pool.isCounting()) {
            target.load().callBegan();
        }
        return target;
    }

    /** What was picked for is over. */
    static void ended(Target target) {
        target.load().callEnded();
    }
}
