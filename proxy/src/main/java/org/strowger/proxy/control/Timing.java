package org.strowger.proxy.control;

import io.netty.util.concurrent.Ticker;
import java.time.Clock;

/**
 * The two clocks.
 *
 * @param clock what people read
 * @param ticker what deadlines are measured by
 */
public record Timing(Clock clock, Ticker ticker) {

    /** Those of the system. */
    public static Timing system() {
        return new Timing(Clock.systemUTC(), Ticker.systemTicker());
    }
}
