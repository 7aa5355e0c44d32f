package org.strowger.proxy.balancing;

import org.strowger.discovery.Backend;
import org.strowger.health.Eligibility;

/**
 * A backend in a pool's list, with what may be sent to it at the moment.
 *
 * @param limits of what it takes in this pool
 * @param upSinceNanos when it came up, by the clock of the pickers; {@link #LONG_UP} when that does not matter
 * @param gone nobody is there any more, whatever a pool in panic tries
 */
public record Member(Backend backend, Eligibility eligibility, Limits limits, long upSinceNanos, boolean gone) {
    /** Stands for a backend that has been up for so long, or since the start, that it need not start slowly. */
    public static final long LONG_UP = Long.MIN_VALUE;

    /** A member that is gone if nothing may be sent to it. */
    public Member(Backend backend, Eligibility eligibility, Limits limits, long upSinceNanos) {
        this(backend, eligibility, limits, upSinceNanos, eligibility == Eligibility.NONE);
    }

    /** A member without limits that has been up for long. */
    public Member(Backend backend, Eligibility eligibility) {
        this(backend, eligibility, Limits.NONE, LONG_UP);
    }

    /** True when new calls may go to it: eligible, and its weight is not 0. */
    public boolean takesNewCalls() {
        return eligibility == Eligibility.NEW_AND_ESTABLISHED && backend.weight() > 0;
    }

    /** True when a trickle of what begins may try it. */
    boolean isOnTrial() {
        return eligibility == Eligibility.TRIAL && backend.weight() > 0;
    }
}
