package org.strowger.proxy.forwarding;

import io.netty.util.concurrent.Ticker;
import org.strowger.proxy.inflight.BytePool;
import org.strowger.proxy.inflight.InFlightTable;

/**
 * What one event loop keeps requests in flight with.
 *
 * @param table of this loop alone
 * @param ticker the clock
 * @param alarm told of backends that failed
 */
public record RequestProtection(InFlightTable table, Ticker ticker, BackendAlarm alarm) {

    /** For a path whose pools re-dispatch nothing. */
    public static RequestProtection none() {
        return new RequestProtection(
                new InFlightTable(1, 1, new BytePool(0)), Ticker.systemTicker(), BackendAlarm.NONE);
    }
}
