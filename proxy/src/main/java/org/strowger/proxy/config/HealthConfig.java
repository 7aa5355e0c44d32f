package org.strowger.proxy.config;

import java.time.Duration;

/**
 * How a pool's backends are probed.
 *
 * @param interval between two probes of one backend when nothing is about to change
 * @param timeout how long a probe may take; at most the interval
 * @param fastInterval the interval while one more probe may change the state
 * @param downInterval the interval while a backend is down
 * @param jitter the share of an interval by which it is shortened or lengthened at random, 0..0.5
 * @param rise good probes in a row until a backend that is down is up
 * @param fall bad probes in a row until it is down
 * @param expect answers that are good ones; empty for {@code connect} and {@code none}
 */
public record HealthConfig(
        ProbeKind probe,
        Duration interval,
        Duration timeout,
        Duration fastInterval,
        Duration downInterval,
        double jitter,
        int rise,
        int fall,
        StatusCodes expect) {
    /** No interval is shorter. */
    static final Duration SHORTEST = Duration.ofMillis(50);

    public HealthConfig {
        notShort("interval", interval);
        notShort("fastInterval", fastInterval);
        notShort("downInterval", downInterval);
        Require.that(
                timeout.toMillis() >= 1 && timeout.compareTo(interval) <= 0,
                "timeout",
                timeout,
                "1ms or more, at most the interval");
        Require.that(jitter >= 0 && jitter <= 0.5, "jitter", jitter, "0..0.5");
        Require.range("rise", rise, 1, 100);
        Require.range("fall", fall, 1, 100);
    }

    public boolean isProbed() {
        return !(probe instanceof ProbeKind.None);
    }

    private static void notShort(String name, Duration interval) {
        Require.that(interval.compareTo(SHORTEST) >= 0, name, interval, "50ms or more");
    }
}
