package org.strowger.proxy.inflight;

import org.jspecify.annotations.Nullable;
import org.strowger.threading.RunsOn;

/** Requests in flight in the order in which they were added, linked through themselves: each is in one such list at most. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class EntryList {
    private @Nullable InFlightRequest first;
    private @Nullable InFlightRequest last;

    public @Nullable InFlightRequest first() {
        return first;
    }

    /** The one after {@code entry}, which must be in a list. */
    public @Nullable InFlightRequest after(InFlightRequest entry) {
        return entry.listNext;
    }

    /** Appends; an entry of another list leaves that one first. */
    public void add(InFlightRequest entry) {
        EntryList old = entry.list;
        if (old == this) {
            return;
        }
        if (old != null) {
            old.remove(entry);
        }
        InFlightRequest before = last;
        entry.list = this;
        entry.listPrevious = before;
        if (before == null) {
            first = entry;
        } else {
            before.listNext = entry;
        }
        last = entry;
    }

    /** Takes the entry out of the list that it is in, if any. */
    static void leave(InFlightRequest entry) {
        EntryList list = entry.list;
        if (list != null) {
            list.remove(entry);
        }
    }

    /** True when the entry is in no list. */
    public static boolean isFree(InFlightRequest entry) {
        return entry.list == null;
    }

    /** Does nothing when {@code entry} is not in this list. */
    public void remove(InFlightRequest entry) {
        if (entry.list != this) {
            return;
        }
        InFlightRequest before = entry.listPrevious;
        InFlightRequest next = entry.listNext;
        if (before == null) {
            first = next;
        } else {
            before.listNext = next;
        }
        if (next == null) {
            last = before;
        } else {
            next.listPrevious = before;
        }
        entry.list = null;
        entry.listNext = null;
        entry.listPrevious = null;
    }
}
