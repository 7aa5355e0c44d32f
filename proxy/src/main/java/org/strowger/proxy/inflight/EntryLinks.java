package org.strowger.proxy.inflight;

import org.jspecify.annotations.Nullable;
import org.strowger.threading.RunsOn;

/** What the wheel, the lists and the table write into an entry, so that they need no objects of their own. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
abstract class EntryLinks {
    static final long NOT_ARMED = Long.MIN_VALUE;

    long deadlineNanos;
    long wheelTick = NOT_ARMED;

    @Nullable
    InFlightRequest wheelNext;

    @Nullable
    InFlightRequest wheelPrevious;

    @Nullable
    EntryList list;

    @Nullable
    InFlightRequest listNext;

    @Nullable
    InFlightRequest listPrevious;

    long transactionHash;
}
