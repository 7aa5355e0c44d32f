package org.strowger.proxy.calls;

import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.strowger.proxy.balancing.BackendLoad;
import org.strowger.proxy.balancing.CallRegister;
import org.strowger.threading.RunsOn;

/**
 * The leases of all calls at backends of which somebody needs to know them. A call holds its lease
 *
 * <ul>
 *   <li>until no response can come any more: 40 s after its INVITE (64 * T1 and a margin), with every provisional
 *       4 minutes more (Timer C is above 3 minutes, RFC 3261 section 16.6);
 *   <li>from its 2xx on for the session's interval (RFC 4028) and the time in which its ends notice, or without one
 *       for a configured time;
 *   <li>for 5 s after its INVITE was given to another backend, since this one may still be the first to answer;
 *   <li>for 5 s after a challenge, so that the INVITE with credentials finds its place;
 *   <li>at the latest until its BYE or its failure.
 * </ul>
 *
 * <p>Any event loop may end what another began. A table of the JDK with the lease as its own key: looking up locks nothing
 * and allocates nothing; beginning and ending a call lock one bin, as {@link org.strowger.proxy.balancing.Affinity} does. About
 * 75 bytes for each call, all told.
 */
@RunsOn(RunsOn.Runner.ANY)
public final class CallLeases implements CallRegister {
    /** 144 MB of leases. */
    public static final int DEFAULT_MOST = 2_000_000;

    static final int SILENT_SECONDS = 40;
    static final int RINGING_SECONDS = 240;
    static final int CHALLENGED_SECONDS = 5;
    /** How long a backend that was given up may still answer first. */
    static final int GIVEN_UP_SECONDS = 5;

    static final int CANCELLED_SECONDS = 40;
    /** RFC 4028 section 10 has a BYE sent a third of the interval, at most 32 s, before its end; and it may be repeated for 32 s. */
    static final int GRACE_SECONDS = 32;

    private static final int SWEEPS = 100;
    private static final int SWEEP_MILLIS = 100;
    private static final int MOST_SECONDS = (int) TimeUnit.DAYS.toSeconds(7);

    private final ConcurrentHashMap<CallKey, Lease> leases = new ConcurrentHashMap<>();
    private final AtomicInteger size = new AtomicInteger();
    private final LongAdder expired = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final Ticker ticker;
    private final long originNanos;
    private final int most;
    private volatile int defaultSeconds;
    /** Where the sweep is; of the one thread that sweeps. */
    private @Nullable Iterator<Lease> sweep;

    @SuppressWarnings("UnusedVariable") // a task that fails keeps its failure
    private @Nullable Future<?> sweeping;

    /**
     * @param most leases at the same time; calls beyond are not counted
     * @param withoutTimer how long an answered call without a session timer holds its lease
     */
    public CallLeases(int most, Duration withoutTimer, Ticker ticker) {
        this.most = most;
        this.defaultSeconds = seconds(withoutTimer);
        this.ticker = ticker;
        this.originNanos = ticker.nanoTime();
    }

    private static int seconds(Duration withoutTimer) {
        return (int) Math.min(MOST_SECONDS, withoutTimer.toSeconds());
    }

    /** Holds for calls that are answered from now on. */
    @Override
    public void keepWithoutTimer(Duration time) {
        defaultSeconds = seconds(time);
    }

    /** Leases now. */
    public int size() {
        return size.get();
    }

    /** Leases that ended by their time: BYEs or failures that never came by. */
    public long expired() {
        return expired.sum();
    }

    /** Calls that are not counted because the table was full. */
    public long refused() {
        return refused.sum();
    }

    @Override
    public void begin(long callId, BackendLoad load) {
        long hash = CallKey.of(callId, load.identity());
        Lease fresh = new Lease(hash, load, in(SILENT_SECONDS));
        while (true) {
            if (size.get() >= most) {
                refused.increment();
                load.callEnded();
                return;
            }
            Lease old = leases.putIfAbsent(fresh, fresh);
            if (old == null) {
                size.incrementAndGet();
                return;
            }
            if (!old.isEnded()) {
                load.callEnded();
                repeated(old);
                return;
            }
            // Its end is under way on another loop.
            leases.remove(old, old);
        }
    }

    @Override
    public void giveBack(long callId, BackendLoad load) {
        Lease lease = find(new CallKey(CallKey.of(callId, load.identity())));
        if (lease != null) {
            endPending(lease);
        }
    }

    @Nullable
    Lease find(CallKey key) {
        return leases.get(key);
    }

    boolean isEmpty() {
        return size.get() == 0;
    }

    void end(Lease lease) {
        if (lease.end()) {
            remove(lease);
        }
    }

    void endPending(Lease lease) {
        if (lease.endPending()) {
            remove(lease);
        }
    }

    /** @param intervalSeconds of the session; 0: it has no timer */
    void confirm(Lease lease, int intervalSeconds) {
        int seconds = intervalSeconds == 0 ? defaultSeconds : Math.min(MOST_SECONDS, intervalSeconds) + GRACE_SECONDS;
        lease.confirm(seconds, in(seconds));
    }

    /** When a dialog with that session interval, 0 for none, is given up if nothing is heard of it. */
    int endOfDialog(int intervalSeconds) {
        return in(intervalSeconds == 0 ? defaultSeconds : Math.min(MOST_SECONDS, intervalSeconds) + GRACE_SECONDS);
    }

    /** The session was refreshed, or may have been; its interval stays unless another one is given. */
    void renew(Lease lease, int intervalSeconds) {
        int last = lease.intervalSeconds();
        if (last == 0) {
            return;
        }
        int seconds = intervalSeconds == 0 ? last : Math.min(MOST_SECONDS, intervalSeconds) + GRACE_SECONDS;
        lease.confirm(seconds, in(seconds));
    }

    /** Its INVITE is sent, once more or with credentials. */
    void repeated(Lease lease) {
        lease.prolong(in(SILENT_SECONDS));
    }

    void extend(Lease lease, int seconds) {
        lease.extend(in(seconds));
    }

    /** Sweeps on that thread from now on until it ends: every lease is looked at about every 10 s, in portions. */
    public void sweepOn(ScheduledExecutorService thread) {
        sweeping = thread.scheduleAtFixedRate(
                () -> sweep(64 + size() / SWEEPS), SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Looks at the next leases, at most {@code count}, and ends those whose time is over. One thread calls, again and again. */
    public void sweep(int count) {
        int now = nowSeconds();
        Iterator<Lease> rest = sweep == null ? leases.values().iterator() : sweep;
        for (int i = 0; i < count && rest.hasNext(); i++) {
            Lease lease = rest.next();
            if (lease.expire(now)) {
                expired.increment();
                remove(lease);
            }
        }
        sweep = rest.hasNext() ? rest : null;
    }

    /** The lease is ended, by the caller: counts the call off. */
    private void remove(Lease lease) {
        if (leases.remove(lease, lease)) {
            size.decrementAndGet();
        }
        lease.load().callEnded();
    }

    private int in(int seconds) {
        return nowSeconds() + seconds;
    }

    @Override
    public int nowSeconds() {
        return (int) TimeUnit.NANOSECONDS.toSeconds(ticker.nanoTime() - originNanos);
    }
}
