package org.strowger.proxy.forwarding;

import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import org.strowger.proxy.inflight.AnsweredInvites;
import org.strowger.proxy.inflight.BytePool;
import org.strowger.proxy.inflight.InFlightTable;

/**
 * What one event loop keeps requests in flight with.
 *
 * @param table of this loop alone
 * @param answered of this loop alone: what is left of the table's entries for a while
 * @param ticker the clock
 * @param alarm told of backends that failed
 */
public record RequestProtection(InFlightTable table, AnsweredInvites answered, Ticker ticker, BackendAlarm alarm) {

    /** 64 * T1 of RFC 3261: how long a request is repeated, hence how long a repetition may still come. */
    public static final Duration REMEMBERED = Duration.ofSeconds(32);

    /** For a path whose pools re-dispatch nothing. */
    public static RequestProtection none() {
        return new RequestProtection(
                new InFlightTable(1, 0, 1, new BytePool(0)),
                new AnsweredInvites(1, 0, 1, 0),
                Ticker.systemTicker(),
                BackendAlarm.NONE);
    }
}
