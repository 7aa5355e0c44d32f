package org.strowger.health;

import java.time.Duration;
import java.util.OptionalLong;
import org.strowger.health.passive.LiveSignals;
import org.strowger.threading.RunsOn;

/**
 * Whether a backend that is down keeps its dialogs for now: it was heard of a moment ago, by a probe or a request that it
 * answered in whatever way, and the network has not said that nobody is there. Who is only silent may be back before the
 * retransmissions of its callers end; a 481 in its place would end calls that it still has.
 */
@RunsOn(RunsOn.Runner.CONTROL)
final class Lingering {
    /** Longer than what stops and goes on: a collector, a virtual machine that moves, a link that flaps. */
    static final Duration PATIENCE = Duration.ofSeconds(5);

    private long heardNanos;
    private boolean gone;
    private boolean down;
    private boolean on;

    /** @param nowNanos counts as a sign of life: who knows what was before */
    Lingering(long nowNanos) {
        heardNanos = nowNanos;
    }

    /** It has answered something. */
    void heard(long nowNanos) {
        heardNanos = nowNanos;
        gone = false;
    }

    /** What live traffic showed. One network error is enough for one that is down already. */
    void onLive(LiveSignals signals, long nowNanos) {
        if (signals.signsOfLife() > 0) {
            heard(nowNanos);
        } else if (signals.refused() > 0 && down) {
            gone();
        }
    }

    /** The network says that nobody is there. */
    void gone() {
        gone = true;
    }

    boolean isGone() {
        return gone;
    }

    /** Looks at the time. True when {@link #isOn} changed. */
    boolean look(boolean isDown, long nowNanos) {
        boolean before = on;
        down = isDown;
        on = isDown && !gone && nowNanos - heardNanos < PATIENCE.toNanos();
        return on != before;
    }

    /** As of the last look. */
    boolean isOn() {
        return on;
    }

    /** When patience ends unless something is heard, or that other time if it is earlier. */
    OptionalLong deadlineOr(OptionalLong other) {
        long nanos = heardNanos + PATIENCE.toNanos();
        boolean isOther = !on || (other.isPresent() && other.getAsLong() - nanos < 0);
        return isOther ? other : OptionalLong.of(nanos);
    }
}
