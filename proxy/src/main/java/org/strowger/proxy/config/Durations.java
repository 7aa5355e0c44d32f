package org.strowger.proxy.config;

import java.time.Duration;
import org.strowger.threading.RunsOn;

/** Times that may be switched off. */
@RunsOn(RunsOn.Runner.ANY)
final class Durations {
    private Durations() {}

    /** {@code off} is zero. */
    static Syntax<Duration> orOff(String min, String max) {
        return Syntax.duration(min, max).orWord("off", Duration.ZERO);
    }
}
