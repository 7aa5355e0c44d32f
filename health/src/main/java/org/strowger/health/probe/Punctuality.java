package org.strowger.health.probe;

import org.strowger.threading.RunsOn;

/**
 * Tells a backend's silence from our own. A timer that fires late says that this thread stood still, and perhaps the whole
 * machine with the backends or the network in it; a time-out in such a moment proves nothing, and the question is put again. A few
 * times at most: who is always late must judge too.
 */
@RunsOn(RunsOn.Runner.CONTROL)
final class Punctuality {
    /** What a busy machine delays without standing still. */
    static final long TOLERANCE_NANOS = 30_000_000;

    private static final int MOST_EXCUSES = 3;

    private long dueNanos;
    private int excuses;

    /** A new question. */
    void begin() {
        excuses = 0;
    }

    /** A timer will fire then. */
    void due(long atNanos) {
        dueNanos = atNanos;
    }

    /** The timer has fired. By how much it was late, if it is worth a word; else 0. */
    long lateNanos(long nowNanos) {
        long late = nowNanos - dueNanos;
        return late <= TOLERANCE_NANOS ? 0 : late;
    }

    /** The timer has fired. True when that was so late that a time-out proves nothing. */
    boolean excuses(long nowNanos) {
        if (lateNanos(nowNanos) == 0 || excuses == MOST_EXCUSES) {
            return false;
        }
        excuses++;
        return true;
    }

    /** For evidence; empty when all was well. */
    String shown() {
        return excuses == 0 ? "" : ", our own pauses: " + excuses;
    }
}
