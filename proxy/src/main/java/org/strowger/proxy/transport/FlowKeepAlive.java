package org.strowger.proxy.transport;

import java.time.Duration;

/**
 * How a silent peer is asked whether it is there, where the framing has a question for that.
 *
 * @param after it is asked when nothing was heard for this long; zero: never
 * @param timeout it is gone when it stays silent for this long after the question
 */
public record FlowKeepAlive(Duration after, Duration timeout) {
    /** Nobody is asked. */
    public static final FlowKeepAlive OFF = new FlowKeepAlive(Duration.ZERO, Duration.ofSeconds(1));

    public FlowKeepAlive {
        StreamOptions.requireNotNegative("after", after);
        StreamOptions.requireNotNegative("timeout", timeout);
        if (timeout.isZero()) {
            throw new IllegalArgumentException("timeout: " + timeout + " (expected: more than 0)");
        }
    }
}
