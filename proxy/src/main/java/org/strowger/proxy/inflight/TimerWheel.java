package org.strowger.proxy.inflight;

import org.jspecify.annotations.Nullable;
import org.strowger.threading.RunsOn;

/**
 * When each request in flight wants to be looked at again: a hashed timing wheel (Varghese and Lauck, SOSP 1987) with one
 * list per slot, linked through the entries, so that nothing is allocated.
 *
 * <p>A deadline that moves away costs nothing: the entry stays where it is, and is moved when its slot comes by. Most
 * requests are answered long before their deadline, and so are touched here twice in all.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class TimerWheel {
    /** How exact deadlines are. */
    public static final long TICK_NANOS = 10_000_000L; // 10 ms

    /** 41 s around: most deadlines fit, and the few beyond are met again in the next round. */
    private static final int SLOTS = 4096;

    private final @Nullable InFlightRequest[] slots = new @Nullable InFlightRequest[SLOTS];
    private long lastTick;
    private int size;

    /** What a due entry is given to. */
    @FunctionalInterface
    public interface Due {
        /** {@code entry} is no longer on the wheel; it may be put back, or forgotten. */
        void onDue(InFlightRequest entry, long nowNanos);
    }

    public TimerWheel(long nowNanos) {
        lastTick = tick(nowNanos);
    }

    /** Has {@code entry} looked at soon after {@code deadlineNanos}, and not at another time set before. */
    public void arm(InFlightRequest entry, long deadlineNanos) {
        entry.deadlineNanos = deadlineNanos;
        long tick = Math.max(tick(deadlineNanos) + 1, lastTick + 1);
        if (entry.wheelTick != EntryLinks.NOT_ARMED) {
            if (entry.wheelTick - tick <= 0) {
                return;
            }
            unlink(entry);
        }
        link(entry, tick);
    }

    public void disarm(InFlightRequest entry) {
        if (entry.wheelTick != EntryLinks.NOT_ARMED) {
            unlink(entry);
        }
    }

    /** Gives out what is due. */
    public void advance(long nowNanos, Due due) {
        long now = tick(nowNanos);
        long first = Math.max(lastTick + 1, now - SLOTS + 1);
        for (long passed = first; passed - now <= 0; passed++) {
            lastTick = passed;
            turn(slot(passed), nowNanos, due);
        }
    }

    private void turn(int slot, long nowNanos, Due due) {
        InFlightRequest entry = slots[slot];
        slots[slot] = null;
        // A list of its own while it is walked: entries that are put back, or forgotten, change the slots only.
        InFlightRequest todo = entry;
        while (todo != null) {
            InFlightRequest next = todo.wheelNext;
            if (next != null) {
                next.wheelPrevious = null;
            }
            todo.wheelNext = null;
            todo.wheelPrevious = null;
            todo.wheelTick = EntryLinks.NOT_ARMED;
            size--;
            pending = next;
            if (todo.deadlineNanos - nowNanos <= 0) {
                due.onDue(todo, nowNanos);
            } else {
                arm(todo, todo.deadlineNanos);
            }
            todo = pending;
        }
    }

    /** The entry that {@link #turn} comes to next. */
    private @Nullable InFlightRequest pending;

    /** Entries armed. */
    public int size() {
        return size;
    }

    private void link(InFlightRequest entry, long tick) {
        int slot = slot(tick);
        InFlightRequest head = slots[slot];
        entry.wheelTick = tick;
        entry.wheelPrevious = null;
        entry.wheelNext = head;
        if (head != null) {
            head.wheelPrevious = entry;
        }
        slots[slot] = entry;
        size++;
    }

    private void unlink(InFlightRequest entry) {
        InFlightRequest next = entry.wheelNext;
        InFlightRequest previous = entry.wheelPrevious;
        if (next != null) {
            next.wheelPrevious = previous;
        }
        if (previous != null) {
            previous.wheelNext = next;
        } else if (pending == entry) {
            pending = next;
        } else {
            slots[slot(entry.wheelTick)] = next;
        }
        entry.wheelNext = null;
        entry.wheelPrevious = null;
        entry.wheelTick = EntryLinks.NOT_ARMED;
        size--;
    }

    private static int slot(long tick) {
        return (int) tick & (SLOTS - 1);
    }

    private static long tick(long nanos) {
        return Math.floorDiv(nanos, TICK_NANOS);
    }
}
