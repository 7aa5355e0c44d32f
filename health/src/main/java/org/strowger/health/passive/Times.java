package org.strowger.health.passive;

import java.time.Duration;
import org.strowger.threading.RunsOn;

/** Times as people read them. */
@RunsOn(RunsOn.Runner.ANY)
public final class Times {
    private Times() {}

    /** For example {@code 10s}, {@code 250ms}, {@code 5m}. */
    public static String shown(Duration time) {
        long millis = time.toMillis();
        if (millis < 1000 || (millis % 1000 != 0 && millis < 10_000)) {
            return millis + "ms";
        }
        long seconds = Math.round(millis / 1000.0);
        return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
    }

    /** The same for nanoseconds. */
    public static String shown(long nanos) {
        return shown(Duration.ofNanos(nanos));
    }
}
