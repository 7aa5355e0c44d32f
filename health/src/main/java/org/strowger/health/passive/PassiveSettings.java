package org.strowger.health.passive;

import java.time.Duration;

/**
 * When live traffic takes a backend out, and how it comes back.
 *
 * @param noResponse attempts in a row without a response that eject, 2 or more; 0: that does not eject
 * @param errorRate the share of failed attempts in the window, above that of the rest of the pool, that ejects; 0..1
 * @param minErrors with fewer failed attempts than this in the window no rate ejects; as many in a row eject, however
 *     long that took. 2 or more; 0: no rate and no row ejects
 * @param window how long an attempt counts towards the rate; a backend returns to new calls at most once in it
 * @param eject the first ejection; each one more doubles it
 * @param maxEject the longest ejection
 * @param maxEjected the share of a pool's members that may be ejected at the same time, 0..1. Unless 0, one may be ejected
 *     where there are two, and one stays in any case
 * @param trials trial requests answered in a row that end an ejection, 1 or more
 */
public record PassiveSettings(
        int noResponse,
        double errorRate,
        int minErrors,
        Duration window,
        Duration eject,
        Duration maxEject,
        double maxEjected,
        int trials) {
    private static final Duration LONGEST = Duration.ofDays(1);

    public PassiveSettings {
        that(noResponse == 0 || noResponse >= 2, "noResponse", noResponse, "0, or 2 or more");
        that(errorRate >= 0 && errorRate <= 1, "errorRate", errorRate, "0..1");
        that(minErrors == 0 || minErrors >= 2, "minErrors", minErrors, "0, or 2 or more");
        that(isTime(window), "window", window, "more than 0, at most 1d");
        that(isTime(eject), "eject", eject, "more than 0, at most 1d");
        that(isTime(maxEject) && maxEject.compareTo(eject) >= 0, "maxEject", maxEject, "eject or more, at most 1d");
        that(maxEjected >= 0 && maxEjected <= 1, "maxEjected", maxEjected, "0..1");
        that(trials >= 1, "trials", trials, "1 or more");
    }

    /** What reference.conf says. */
    public static PassiveSettings standard() {
        return new PassiveSettings(
                3, 0.2, 5, Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofMinutes(5), 0.5, 3);
    }

    /** Live traffic ejects nobody. That a backend is unreachable still counts where it is probed. */
    public static PassiveSettings none() {
        PassiveSettings standard = standard();
        return new PassiveSettings(0, 1, 0, standard.window, standard.eject, standard.maxEject, 0, 1);
    }

    /** True when live traffic may eject somebody. */
    public boolean isOn() {
        return noResponse > 0 || minErrors > 0;
    }

    /** How many of {@code members} may be ejected at the same time. */
    public int ejectable(int members) {
        if (maxEjected == 0) {
            return 0;
        }
        // The small addition keeps 0.29 * 100 from being 28.
        int share = (int) Math.floor(maxEjected * members + 1e-9);
        return Math.max(0, Math.min(members - 1, Math.max(1, share)));
    }

    private static boolean isTime(Duration time) {
        return !time.isNegative() && !time.isZero() && time.compareTo(LONGEST) <= 0;
    }

    private static void that(boolean holds, String name, Object value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
        }
    }
}
