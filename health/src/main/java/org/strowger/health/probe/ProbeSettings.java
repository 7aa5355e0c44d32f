package org.strowger.health.probe;

import java.time.Duration;
import org.strowger.health.ProbePace;

/**
 * How a backend is probed. Intervals are from the start of one probe to the start of the next; a probe that takes longer
 * delays the next one.
 *
 * @param method what is asked
 * @param interval while nothing is remarkable, 50 ms or more
 * @param fastInterval while its state is about to change, 50 ms or more
 * @param downInterval while it is down, 50 ms or more
 * @param timeout of one probe, its retransmission included
 * @param firstTimeout of one probe while nothing is known of the backend, its retransmissions included; {@code timeout} or more
 * @param jitter each interval is changed at random by up to this part of itself, 0..0.5
 * @param expected the answers with which a backend passes
 */
public record ProbeSettings(
        ProbeMethod method,
        Duration interval,
        Duration fastInterval,
        Duration downInterval,
        Duration timeout,
        Duration firstTimeout,
        double jitter,
        ExpectedCodes expected) {
    private static final Duration FLOOR = Duration.ofMillis(50);
    /** Longer than a lost SYN takes to be repeated (RFC 6298), and than virtual machines take to load what a handshake needs. */
    private static final Duration PATIENCE = Duration.ofMillis(1500);

    /** OPTIONS each 250 ms, each 100 ms while in doubt, each second while down; 200 ms for an answer, 1.5 s for the first; 10 % jitter. */
    public static final ProbeSettings DEFAULT = new ProbeSettings(
            new ProbeMethod.Options(),
            Duration.ofMillis(250),
            Duration.ofMillis(100),
            Duration.ofSeconds(1),
            Duration.ofMillis(200),
            PATIENCE,
            0.1,
            ExpectedCodes.SIP_DEFAULT);

    public ProbeSettings {
        requireFloor("interval", interval);
        requireFloor("fastInterval", fastInterval);
        requireFloor("downInterval", downInterval);
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("timeout: " + timeout + " (expected: more than 0)");
        }
        if (firstTimeout.compareTo(timeout) < 0) {
            throw new IllegalArgumentException(
                    "firstTimeout: " + firstTimeout + " (expected: " + timeout + " or more)");
        }
        if (!(jitter >= 0 && jitter <= 0.5)) {
            throw new IllegalArgumentException("jitter: " + jitter + " (expected: 0..0.5)");
        }
    }

    /** How long the first answer of a backend may take that is given up after {@code fall} timeouts later on. */
    public static Duration firstTimeout(Duration timeout, int fall) {
        Duration silence = timeout.multipliedBy(fall);
        return silence.compareTo(PATIENCE) < 0 ? PATIENCE : silence;
    }

    /** The interval at that pace. */
    Duration interval(ProbePace pace) {
        return switch (pace) {
            case NORMAL -> interval;
            case FIRST, FAST -> fastInterval;
            case DOWN -> downInterval;
        };
    }

    private static void requireFloor(String name, Duration interval) {
        if (interval.compareTo(FLOOR) < 0) {
            throw new IllegalArgumentException(name + ": " + interval + " (expected: 50 ms or more)");
        }
    }
}
