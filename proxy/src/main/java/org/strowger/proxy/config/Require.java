package org.strowger.proxy.config;

import java.time.Duration;
import org.strowger.threading.RunsOn;

/** The checks that compact constructors make; their failure is a bug of the caller, not of a file. */
@RunsOn(RunsOn.Runner.ANY)
final class Require {
    private Require() {}

    static void that(boolean holds, String name, Object value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
        }
    }

    static void range(String name, long value, long min, long max) {
        that(value >= min && value <= max, name, value, min + ".." + max);
    }

    static void notNegative(String name, Duration value) {
        that(!value.isNegative(), name, value, "0 or more");
    }
}
