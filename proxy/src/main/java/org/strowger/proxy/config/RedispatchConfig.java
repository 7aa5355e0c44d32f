package org.strowger.proxy.config;

import java.time.Duration;
import java.util.Set;

/**
 * When a request goes on to another backend of its pool.
 *
 * @param after an INVITE without a response for so long; zero: never for silence
 * @param otherAfter the same for REGISTER, OPTIONS and SUBSCRIBE
 * @param on response codes
 * @param budget re-dispatches per new request, 0..1; 0: none, whatever the reason
 * @param ringing whether calls that ring at a backend that is gone go on, too
 */
public record RedispatchConfig(
        Duration after, Duration otherAfter, Set<Integer> on, double budget, RingingPolicy ringing) {

    public RedispatchConfig {
        on = Set.copyOf(on);
        Require.that(!after.isNegative(), "after", after, "0 or more");
        Require.that(!otherAfter.isNegative(), "other-after", otherAfter, "0 or more");
        on.forEach(status -> Require.range("on", status, 400, 699));
        Require.that(budget >= 0 && budget <= 1, "budget", budget, "0..1");
    }
}
