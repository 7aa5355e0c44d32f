package org.strowger.health;

import java.time.Duration;
import org.strowger.health.passive.LiveSignals;
import org.strowger.threading.RunsOn;

/**
 * Whether anybody is there, by the errors of the network, which are quicker than any timeout. One ICMP error, refused
 * connection or reset makes a backend suspect, and a probe is wanted at once; if that fails too, or a second error follows
 * within the window with no response in between, it is gone. A reset alone never is the second one: a restart closes many
 * connections at once.
 *
 * <p>Some requests in a row without any response for a moment make a backend suspect too, but never gone: one lost datagram
 * says nothing.
 */
@RunsOn(RunsOn.Runner.CONTROL)
final class Reachability {
    private static final int STRIKES = 2;
    private static final int SILENCES = 3;

    private final long windowNanos;
    private long strikes;
    private long silences;
    /** Means something while there are strikes. */
    private long firstStrikeNanos;

    private boolean probeWanted;

    Reachability(Duration window) {
        this.windowNanos = window.toNanos();
    }

    /** True when it is taken for gone. */
    boolean onLive(LiveSignals signals, long nowNanos) {
        if (strikes > 0 && nowNanos - firstStrikeNanos > windowNanos) {
            clear();
        }
        if (signals.signsOfLife() > 0) {
            silences = 0;
            // The order within a lot is unknown; the error was the last, else there would have been a look before.
            clear();
            strike(Math.min(signals.refused() + signals.reset(), 1), nowNanos);
            return false;
        }
        silences += signals.silent();
        probeWanted |= signals.silent() > 0 && silences >= SILENCES;
        strike(signals.refused(), nowNanos);
        if (signals.reset() > 0 && strikes == 0) {
            strike(1, nowNanos);
        }
        return strikes >= STRIKES;
    }

    private void strike(long count, long nowNanos) {
        if (count == 0) {
            return;
        }
        if (strikes == 0) {
            firstStrikeNanos = nowNanos;
        }
        strikes += count;
        probeWanted = true;
    }

    /** True when a failed probe now is enough. */
    boolean isSuspect(long nowNanos) {
        return silences >= SILENCES || isStruck(nowNanos);
    }

    /** True when the network itself has said that nobody is there. */
    boolean isStruck(long nowNanos) {
        return strikes > 0 && nowNanos - firstStrikeNanos <= windowNanos;
    }

    boolean isProbeWanted() {
        return probeWanted;
    }

    void onProbed() {
        probeWanted = false;
    }

    void clear() {
        strikes = 0;
        silences = 0;
        probeWanted = false;
    }
}
