package org.strowger.proxy.balancing;

import java.time.Duration;
import org.strowger.threading.RunsOn;

/** Exponential decay in ticks of 1/64 half-life, by table. */
@RunsOn(RunsOn.Runner.ANY)
final class Decay {
    private static final int TICKS_PER_HALF_LIFE = 64;
    /** 2^-(tick/64) for 24 half-lives, after which less than a float's precision is left. */
    private static final float[] FACTORS = new float[24 * TICKS_PER_HALF_LIFE];

    static {
        for (int tick = 0; tick < FACTORS.length; tick++) {
            FACTORS[tick] = (float) Math.pow(2, -tick / (double) TICKS_PER_HALF_LIFE);
        }
    }

    private final long tickNanos;

    Decay(Duration halfLife) {
        this.tickNanos = halfLife.toNanos() / TICKS_PER_HALF_LIFE;
    }

    /** The tick that a time lies in; wraps around after 2^32 ticks, which only differences are taken of. */
    int tick(long nanos) {
        return (int) Math.floorDiv(nanos, tickNanos);
    }

    /** What is left of 1 after {@code ticks}; 1 when time seems to run backwards, as it may between threads. */
    static float factor(int ticks) {
        if (ticks <= 0) {
            return 1;
        }
        return ticks < FACTORS.length ? FACTORS[ticks] : 0;
    }
}
