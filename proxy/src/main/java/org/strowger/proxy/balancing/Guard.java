package org.strowger.proxy.balancing;

import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.strowger.threading.RunsOn;

/**
 * Holds a pick against what its policy does not know: limits, and the slow start of a backend that has just come up. All
 * arguments and results are indices into the pool's list.
 *
 * <p>Slow start: a backend takes a growing part of the keys that would go to it, from {@link #FLOOR} to all of them over the
 * configured time. Which ones is a function of key and backend, and one that was taken is taken from then on, so that a
 * retransmission meets its INVITE's backend. What counts is how far it is behind the oldest, be that one up or not: where all
 * have just come up, nobody starts slowly, and no part ever shrinks because the oldest one comes back.
 */
@RunsOn(RunsOn.Runner.ANY)
final class Guard {
    /** The part of its share that a backend has from the first moment, as in Envoy. */
    static final double FLOOR = 0.1;

    private final Limits[] limits;
    private final @Nullable CallRate[] rates;
    private final BackendLoad[] loads;
    private final boolean limited;
    private final long[] sinceNanos;
    private final double slowNanos;
    private final long oldestNanos;
    private final long endNanos;
    private final Ticker ticker;
    /** Written by any loop, once, without order: a stale true costs one more look at the clock. */
    private boolean ramping;

    /**
     * @param delayNanos added to the time at which each came up
     * @param rates of those members that have a limit of calls per second, by id; added to
     */
    Guard(
            List<Member> members,
            BackendLoads table,
            Map<String, CallRate> rates,
            Duration slowStart,
            long delayNanos,
            Ticker ticker) {
        int size = members.size();
        this.limits = new Limits[size];
        this.rates = new CallRate[size];
        this.loads = new BackendLoad[size];
        this.sinceNanos = new long[size];
        this.slowNanos = slowStart.toNanos();
        this.ticker = ticker;
        long now = ticker.nanoTime();
        boolean anyLimit = false;
        long oldest = now;
        long youngest = now - slowStart.toNanos();
        for (int i = 0; i < size; i++) {
            Member member = members.get(i);
            String id = member.backend().id();
            limits[i] = member.limits();
            loads[i] = table.of(id);
            anyLimit |= !limits[i].isNone();
            int perSecond = limits[i].callsPerSecond();
            if (perSecond > 0) {
                this.rates[i] = rates.compute(
                        id,
                        (k, old) -> old != null && old.perSecond() == perSecond ? old : new CallRate(perSecond, now));
            }
            boolean longUp = member.upSinceNanos() == Member.LONG_UP;
            sinceNanos[i] = longUp ? now - slowStart.toNanos() : member.upSinceNanos() + delayNanos;
            oldest = sinceNanos[i] - oldest < 0 ? sinceNanos[i] : oldest;
            youngest = sinceNanos[i] - youngest > 0 ? sinceNanos[i] : youngest;
        }
        this.limited = anyLimit;
        this.oldestNanos = oldest;
        this.endNanos = youngest + slowStart.toNanos();
        this.ramping = slowNanos > 0 && endNanos - now > 0;
    }

    BackendLoad load(int member) {
        return loads[member];
    }

    int size() {
        return loads.length;
    }

    /** Its calls, and the limit of them if there is one; for people. */
    String calls(int member) {
        int most = limits[member].calls();
        return loads[member].calls() + (most == 0 ? "" : " of " + most);
    }

    /** True when everybody takes everything, so that nothing need be asked. */
    boolean isOpen() {
        return !limited && !isRamping();
    }

    /** True when that member may be given what begins. */
    boolean takes(int member, long keyHash, Begins begins) {
        if (begins == Begins.CALL && isFull(member)) {
            return false;
        }
        return !isRamping() || Mix.fraction(Mix.of(keyHash ^ loads[member].identity())) < ramp(member);
    }

    /** The part of its share that a member has now: {@link #FLOOR} to 1. */
    double ramp(int member) {
        if (!isRamping()) {
            return 1;
        }
        long now = ticker.nanoTime();
        return Math.min(1, part(now - sinceNanos[member]) / part(now - oldestNanos));
    }

    private double part(long ageNanos) {
        return Math.max(FLOOR, Math.min(1, ageNanos / slowNanos));
    }

    /** The first that no limit keeps from it, of those and then of the reserve, from a place that the key says; else nobody. */
    int anyFree(Shares shares, long keyHash, Begins begins, Picker.Excluded excluded) {
        int[] members = shares.members();
        int start = members.length == 0 ? 0 : Mix.place(Mix.of(keyHash), members.length);
        for (int i = 0; i < members.length; i++) {
            int place = start + i < members.length ? start + i : start + i - members.length;
            if (isFree(members[place], begins, excluded)) {
                return members[place];
            }
        }
        for (int member : shares.reserve()) {
            if (isFree(member, begins, excluded)) {
                return member;
            }
        }
        return Picker.NONE;
    }

    private boolean isFree(int member, Begins begins, Picker.Excluded excluded) {
        return !excluded.contains(member) && (begins == Begins.REQUEST || !isFull(member));
    }

    /** {@link #takes}, of those not excluded. */
    boolean takes(int member, long keyHash, Begins begins, Picker.Excluded excluded) {
        return !excluded.contains(member) && takes(member, keyHash, begins);
    }

    private boolean isFull(int member) {
        if (!limited) {
            return false;
        }
        int most = limits[member].calls();
        CallRate rate = rates[member];
        return (most > 0 && loads[member].calls() >= most) || (rate != null && rate.isFull(ticker.nanoTime()));
    }

    /** Counts a call of that member, unless it has reached a limit meanwhile. */
    boolean begin(int member, CountsCalls counts) {
        int most = limits[member].calls();
        BackendLoad load = loads[member];
        CallRate rate = rates[member];
        if (counts == CountsCalls.YES && !load.beginCall(most)) {
            return false;
        }
        if (rate == null || rate.begin(ticker.nanoTime())) {
            return true;
        }
        if (counts == CountsCalls.YES) {
            load.callEnded();
        }
        return false;
    }

    private boolean isRamping() {
        if (ramping && ticker.nanoTime() - endNanos >= 0) {
            ramping = false;
        }
        return ramping;
    }

    /** Whether a pool keeps leases of calls. */
    enum CountsCalls {
        YES,
        NO
    }
}
