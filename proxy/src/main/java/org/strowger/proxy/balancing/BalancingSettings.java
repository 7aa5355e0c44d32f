package org.strowger.proxy.balancing;

import java.time.Duration;

/**
 * How a pool balances besides its policy.
 *
 * @param bound of the hashing policies
 * @param preference of tiers and zones
 * @param slowStart the time in which a backend that came up gets its full share; 0: at once
 * @param maxReportAge how old a backend's report of its load may be
 * @param trialInterval one new request of the pool in this time goes to a backend on trial, if there is one
 */
public record BalancingSettings(
        BoundedLoad bound, Preference preference, Duration slowStart, Duration maxReportAge, Duration trialInterval) {
    /** Nothing but the default bound. */
    public static final BalancingSettings DEFAULT = new BalancingSettings(
            BoundedLoad.DEFAULT, Preference.NONE, Duration.ZERO, Duration.ofSeconds(5), Duration.ofMillis(500));

    public BalancingSettings {
        if (slowStart.isNegative()) {
            throw new IllegalArgumentException("slowStart: " + slowStart + " (expected: 0 or more)");
        }
    }

    /** These with another bound. */
    public BalancingSettings with(BoundedLoad other) {
        return new BalancingSettings(other, preference, slowStart, maxReportAge, trialInterval);
    }
}
