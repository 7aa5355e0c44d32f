package org.strowger.health.passive;

import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.strowger.threading.RunsOn;

/**
 * How long a backend stays out, and its way back.
 *
 * <pre>
 *          busy                      eject
 *   BUSY ◄────── IN ──────────────────────────────► EJECTED ◄────┐
 *     └──────►   ▲                                     │ time    │ two trial requests failed,
 *       time     │ trials answered in a row            ▼ over    │ or busy
 *                └────────────────────────────────── TRIAL ──────┘
 * </pre>
 *
 * <p>The n-th ejection lasts {@code eject * 2^(n-1)}, at most {@code maxEject}. A backend that was in for as long as its last
 * ejection took is forgiven that one, and after the length of the one before also that.
 *
 * <p>One failed trial request decides nothing, because a datagram may get lost; a second one does.
 */
@RunsOn(RunsOn.Runner.CONTROL)
public final class Ejection {
    private static final int FAILED_TRIALS = 2;
    private static final int MOST_DOUBLINGS = 20;

    private PassiveSettings settings;
    private EjectionState state = EjectionState.IN;
    /** Means something unless IN or TRIAL. */
    private long untilNanos;
    /** Means something while IN or BUSY. */
    private long inSinceNanos;
    /** Ejections that are not forgiven. */
    private int count;

    private long trialsServed;
    private long trialsFailed;

    public Ejection(PassiveSettings settings, long nowNanos) {
        this.settings = settings;
        this.inSinceNanos = nowNanos;
    }

    /** Other settings from now on; an ejection that runs keeps its end. */
    public void reconfigure(PassiveSettings other) {
        settings = other;
    }

    public EjectionState state() {
        return state;
    }

    /** Ejections that are not forgiven. */
    public int count() {
        return count;
    }

    /** When {@link #onTick} has something to do. */
    public OptionalLong deadlineNanos() {
        return state == EjectionState.BUSY || state == EjectionState.EJECTED
                ? OptionalLong.of(untilNanos)
                : OptionalLong.empty();
    }

    /** Takes it out. Returns for how long, in nanoseconds. */
    public long eject(long nowNanos) {
        if (state == EjectionState.IN || state == EjectionState.BUSY) {
            forgive(nowNanos - inSinceNanos);
        }
        count++;
        long length = lengthNanos(count);
        // A busy time that lasts longer is respected.
        boolean busyForLonger = state == EjectionState.BUSY && untilNanos - (nowNanos + length) > 0;
        long until = busyForLonger ? untilNanos : nowNanos + length;
        leave(until);
        return until - nowNanos;
    }

    private void leave(long until) {
        state = EjectionState.EJECTED;
        untilNanos = until;
        trialsServed = 0;
        trialsFailed = 0;
    }

    private void forgive(long goodNanos) {
        long rest = goodNanos;
        while (count > 0 && rest >= lengthNanos(count)) {
            rest -= lengthNanos(count);
            count--;
        }
    }

    private long lengthNanos(int ejections) {
        long doubled = settings.eject().toNanos() << Math.min(ejections - 1, MOST_DOUBLINGS);
        long longest = settings.maxEject().toNanos();
        return doubled <= 0 || doubled > longest ? longest : doubled;
    }

    /** The backend asked for no new calls. Returns true when the state changed. */
    public boolean busy(long seconds, long nowNanos) {
        long nanos =
                Math.min(TimeUnit.SECONDS.toNanos(seconds), settings.maxEject().toNanos());
        if (nanos <= 0) {
            return false;
        }
        long until = nowNanos + nanos;
        EjectionState before = state;
        switch (before) {
            case IN -> {
                state = EjectionState.BUSY;
                untilNanos = until;
            }
            case BUSY, EJECTED -> untilNanos = until - untilNanos > 0 ? until : untilNanos;
            case TRIAL -> leave(until);
        }
        return state != before;
    }

    /** Time passed. Returns true when the state changed. */
    public boolean onTick(long nowNanos) {
        if (deadlineNanos().isEmpty() || nowNanos - untilNanos < 0) {
            return false;
        }
        state = state == EjectionState.BUSY ? EjectionState.IN : EjectionState.TRIAL;
        return true;
    }

    /** What came of trial requests. Returns true when that decided: the state is IN, or EJECTED for longer. */
    public boolean onTrial(LiveSignals signals, long nowNanos) {
        if (state != EjectionState.TRIAL) {
            return false;
        }
        if (signals.failed() > 0) {
            trialsServed = 0;
            trialsFailed += signals.failed();
            if (trialsFailed >= FAILED_TRIALS) {
                eject(nowNanos);
                return true;
            }
            return false;
        }
        trialsServed += signals.answered();
        if (trialsServed < settings.trials()) {
            return false;
        }
        state = EjectionState.IN;
        inSinceNanos = nowNanos;
        return true;
    }
}
