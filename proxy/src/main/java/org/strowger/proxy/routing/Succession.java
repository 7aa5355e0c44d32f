package org.strowger.proxy.routing;

import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import org.strowger.proxy.balancing.AffinityKey;
import org.strowger.proxy.balancing.BalancingPolicy;
import org.strowger.proxy.balancing.Picker;
import org.strowger.sip.SipMessage;
import org.strowger.threading.RunsOn;

/**
 * The former policy of a pool that hashes, which has remembered nothing: while calls that it placed are in flight it still says
 * where. Meanwhile every choice of the new policy is remembered, so whoever has no affinity entry and follows a request is from
 * before. Immutable; one for any number of changes until it is over, however fast, for all that is not remembered is from before
 * the first.
 */
@RunsOn(RunsOn.Runner.ANY)
public final class Succession {
    /** How long an INVITE may be repeated, and then ring: as after a change of members (decision 0013). */
    private static final long NANOS = Duration.ofSeconds(32 + 300).toNanos();

    private final Picker picker;
    private final BalancingPolicy policy;
    private final long[] members;
    private final Ticker ticker;
    private final long endNanos;

    private Succession(Pool former, Ticker ticker) {
        this.picker = former.picker();
        this.policy = former.policy();
        this.members = former.members().stream().mapToLong(Target::identity).toArray();
        this.ticker = ticker;
        this.endNanos = ticker.nanoTime() + NANOS;
    }

    /** Begins now: {@code former} was in force until now, and is no more. */
    public static Succession after(Pool former, Ticker ticker) {
        return new Succession(former, ticker);
    }

    /** True when none of the former policy's calls is in flight any more. */
    public boolean isOver() {
        return ticker.nanoTime() - endNanos >= 0;
    }

    /** Where the former policy had the call of that message; {@link Target#NONE} when that backend is gone. */
    Target placed(SipMessage m, Ingress in, AffinityKey keys, RoutingSnapshot s) {
        int index = Picker.index(picker.repeat(keys.of(policy, m, in.source())));
        return index == Picker.NONE ? Target.NONE : s.target(members[index]);
    }
}
