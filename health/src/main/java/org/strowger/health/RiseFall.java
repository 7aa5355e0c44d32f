package org.strowger.health;

import java.time.Duration;
import org.strowger.health.passive.Times;
import org.strowger.threading.RunsOn;

/**
 * The state that probes make: {@code fall} bad ones in a row take a backend down, {@code rise} good ones in a row bring it
 * back, later if it flaps. The first good one makes UNKNOWN up: it was in use before. The first one without any answer makes
 * it down: it was given the time for that.
 */
@RunsOn(RunsOn.Runner.CONTROL)
final class RiseFall {
    private final int rise;
    private final int fall;
    private final FlapBrake brake;
    private HealthState state;
    private int passes;
    private int fails;
    /** Means something while there are passes. */
    private long wellSinceNanos;

    RiseFall(int rise, int fall, HealthState state, Duration window, Duration longest) {
        this.rise = rise;
        this.fall = fall;
        this.state = state;
        this.brake = new FlapBrake(window, longest);
    }

    HealthState state() {
        return state;
    }

    int passes() {
        return passes;
    }

    int fails() {
        return fails;
    }

    /** What a return takes now besides good probes; empty unless it flaps. */
    String waitShown() {
        long wait = brake.waitNanos();
        return wait == 0 ? "" : ", " + Times.shown(wait) + " without a bad one because it flaps";
    }

    /** True when the state changed. */
    boolean onPass(long nowNanos) {
        fails = 0;
        if (passes == 0) {
            wellSinceNanos = nowNanos;
        }
        passes = Math.min(passes, Integer.MAX_VALUE - 1) + 1;
        if (state == HealthState.UP) {
            return false;
        }
        if (state == HealthState.DOWN) {
            if (passes < rise || nowNanos - wellSinceNanos < brake.waitNanos()) {
                return false;
            }
            brake.onReturn(nowNanos);
        }
        state = HealthState.UP;
        return true;
    }

    /** True when the state changed. */
    boolean onFail(boolean isAnswered, long nowNanos) {
        passes = 0;
        fails = Math.min(fails, Integer.MAX_VALUE - 1) + 1;
        boolean enough = fails >= fall || (state == HealthState.UNKNOWN && !isAnswered);
        return enough && down(nowNanos);
    }

    /** A good row is broken, and no bad one begins. */
    void interrupt() {
        passes = 0;
    }

    /** Down whatever the probes said so far. True when the state changed. */
    boolean down(long nowNanos) {
        passes = 0;
        if (state == HealthState.DOWN) {
            return false;
        }
        state = HealthState.DOWN;
        brake.onLeave(nowNanos);
        return true;
    }

    /** Whether one more probe may change the state. */
    boolean isUndecided() {
        return switch (state) {
            case UNKNOWN -> true;
            case UP -> fails > 0;
            case DOWN -> passes > 0 && passes < rise;
        };
    }
}
