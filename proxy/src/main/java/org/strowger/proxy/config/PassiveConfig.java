package org.strowger.proxy.config;

import java.time.Duration;
import org.strowger.health.passive.PassiveSettings;

/**
 * When live traffic takes a backend out, and how it comes back.
 *
 * @param noResponse requests in a row without response that eject; 0: off
 * @param errors responses that count as failures
 * @param errorRate the share of failed requests in the window, above the rest of the pool, that ejects; 0..1
 * @param minErrors failed requests in the window, or in a row, below which none is ejected
 * @param window how long a request counts
 * @param eject the first ejection
 * @param maxEject the longest one
 * @param maxEjected the share of the backends that may be ejected at a time, 0..1; 0: none
 * @param trials trial requests answered in a row that end an ejection
 * @param trialInterval about one new request in this time tries a backend that is in trial
 */
public record PassiveConfig(
        int noResponse,
        StatusCodes errors,
        double errorRate,
        int minErrors,
        Duration window,
        Duration eject,
        Duration maxEject,
        double maxEjected,
        int trials,
        Duration trialInterval) {

    public PassiveConfig {
        // The settings know what goes together.
        new PassiveSettings(noResponse, errorRate, minErrors, window, eject, maxEject, maxEjected, trials);
        Require.that(trialInterval.toMillis() >= 10, "trialInterval", trialInterval, "10ms or more");
    }

    /** The part that the health machines need. */
    public PassiveSettings settings() {
        return new PassiveSettings(noResponse, errorRate, minErrors, window, eject, maxEject, maxEjected, trials);
    }
}
