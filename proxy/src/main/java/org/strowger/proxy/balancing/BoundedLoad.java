package org.strowger.proxy.balancing;

import java.time.Duration;

/**
 * How far a backend's recent share of new calls may exceed its fair share before a hashing policy overrides its choice
 * (Mirrokni, Thorup, Zadimoghaddam: Consistent Hashing with Bounded Loads, SODA 2018).
 *
 * @param factor the bound as a multiple of the fair share, above 1; infinity switches the bound off
 * @param halfLife the time after which a pick counts half
 */
public record BoundedLoad(double factor, Duration halfLife) {
    /** Factor 1.25, half-life 10 s. */
    public static final BoundedLoad DEFAULT = new BoundedLoad(1.25, Duration.ofSeconds(10));

    /** No bound: the same key always gets the same backend. */
    public static final BoundedLoad OFF = new BoundedLoad(Double.POSITIVE_INFINITY, Duration.ofSeconds(10));

    public BoundedLoad {
        if (!(factor > 1)) {
            throw new IllegalArgumentException("factor: " + factor + " (expected: more than 1)");
        }
        if (halfLife.compareTo(Duration.ofMillis(100)) < 0 || halfLife.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("halfLife: " + halfLife + " (expected: 100 ms..1 h)");
        }
    }

    /**
     * The fair share, in recent picks, below which a backend is not bounded, because chance alone exceeds the bound.
     *
     * <p>Picks that arrive at random with mean {@code f} in an exponentially decayed counter have variance {@code f / 2}
     * (each weighs 2^-age, so the variance is the integral of the squared weights). Chance stays below the bound when its
     * room {@code (c - 1) f} is at least three standard deviations: {@code f >= 4.5 / (c - 1)^2}, which is 72 recent picks
     * for c = 1.25, or 5 calls per second and backend at the default half-life.
     */
    double leastMeaningfulShare() {
        return 4.5 / ((factor - 1) * (factor - 1));
    }

    boolean isOn() {
        return factor < Double.POSITIVE_INFINITY;
    }
}
