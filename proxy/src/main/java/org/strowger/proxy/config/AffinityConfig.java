package org.strowger.proxy.config;

import java.time.Duration;

/**
 * Memory of choices that arithmetic cannot repeat.
 *
 * @param entries most choices remembered at the same time, per pool
 * @param expire a choice is forgotten when it was not asked for during this time
 */
public record AffinityConfig(int entries, Duration expire) {

    public AffinityConfig {
        Require.range("entries", entries, 1, Integer.MAX_VALUE);
        Require.that(!expire.isNegative() && !expire.isZero(), "expire", expire, "more than 0");
    }
}
