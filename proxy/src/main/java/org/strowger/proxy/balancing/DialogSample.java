package org.strowger.proxy.balancing;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.strowger.threading.RunsOn;

/**
 * How many dialogs a backend has, in 16 kB however many they are: each while there are few, a sample by the hash of the call
 * when there are more (M. Wegman's adaptive sampling, in Flajolet: On adaptive sampling, 1990). When a bucket is full, the
 * sample is halved: of level L are the calls whose hash ends with L zeros, each of which stands for 2^L. With 500 to 1,500
 * in the sample the standard error is 3 to 5 %.
 *
 * <p>A dialog is in it from the 2xx or a re-INVITE on until its BYE or until its time is over. Adding and removing what is
 * there or is not changes nothing, so repetitions do no harm. Any event loop adds and removes, by compare-and-set; a race
 * for one place may lose one dialog. No memory before the first.
 */
@RunsOn(RunsOn.Runner.ANY)
public final class DialogSample {
    private static final int PLACES = 2048;
    private static final int BUCKET = 16;
    /** Of a place: the end of the hash above, the second in which the dialog is given up below. */
    private static final int SECOND_BITS = 28;

    private static final long SECONDS = (1L << SECOND_BITS) - 1;
    private static final int MOST_LEVEL = 30;
    /** With nothing left in the sample, somebody who was heard in this time and is not in it still counts. */
    private static final int HEARD_SECONDS = 300;

    /** With fewer than this in the sample it may be a wider one. */
    private static final int FEW = 128;
    /** A dialog of that age is over, was forgotten, or has had a re-INVITE that brought it into the sample. */
    private static final int LIFE_SECONDS = 7200;

    private final AtomicReference<@Nullable AtomicLongArray> places = new AtomicReference<>();
    /** The level by which calls come into the sample. */
    private final AtomicInteger admitted = new AtomicInteger();
    /** The level for which the sample is complete, if that is higher; on the control loop. */
    private int complete;
    /** When it will be complete for the lower one; on the control loop. */
    private int completeSecond;

    private volatile int heardSecond = Integer.MIN_VALUE / 2;

    /** A call has a dialog, or still has it, until {@code endSecond}. Seconds count from any origin, 0 to eight years. */
    public void add(long hash, int nowSecond, int endSecond) {
        AtomicLongArray all = places.get();
        if (all == null) {
            places.compareAndSet(null, new AtomicLongArray(PLACES));
            all = places.get();
        }
        int level = admitted.get();
        while (all != null && isOf(level, hash) && level < MOST_LEVEL) {
            if (put(all, hash, nowSecond, endSecond, level)) {
                return;
            }
            admitted.compareAndSet(level, level + 1);
            level = admitted.get();
        }
        heard(nowSecond);
    }

    private static boolean put(AtomicLongArray all, long hash, int now, int end, int level) {
        long fresh = mark(hash) | (end & SECONDS);
        int home = home(hash);
        int free = -1;
        long was = 0;
        for (int i = home; i < home + BUCKET; i++) {
            long there = all.get(i);
            if ((there & ~SECONDS) == mark(hash)) {
                all.compareAndSet(i, there, fresh);
                return true;
            }
            if (free < 0 && !isLive(there, now, level)) {
                free = i;
                was = there;
            }
        }
        if (free >= 0) {
            // When another loop was faster, this call is missing: one, once in a while.
            all.compareAndSet(free, was, fresh);
        }
        return free >= 0;
    }

    /** A request within the dialog of a call came by: until {@code endSecond} it is there for certain, if it is known. */
    public void renew(long hash, int nowSecond, int endSecond) {
        AtomicLongArray all = places.get();
        int home = home(hash);
        for (int i = home; all != null && i < home + BUCKET; i++) {
            long there = all.get(i);
            if ((there & ~SECONDS) == mark(hash)) {
                all.compareAndSet(i, there, mark(hash) | (endSecond & SECONDS));
                return;
            }
        }
        heard(nowSecond);
    }

    /** Its BYE. */
    public void remove(long hash, int nowSecond) {
        AtomicLongArray all = places.get();
        int home = home(hash);
        for (int i = home; all != null && i < home + BUCKET; i++) {
            long there = all.get(i);
            if ((there & ~SECONDS) == mark(hash)) {
                all.compareAndSet(i, there, 0);
                return;
            }
        }
        heard(nowSecond);
    }

    /** Somebody who is not in the sample spoke. */
    private void heard(int nowSecond) {
        if (heardSecond != nowSecond) {
            heardSecond = nowSecond;
        }
    }

    /**
     * About how many there are: exact while all are in the sample, else rounded to two digits. Looks at every place. To be
     * called by one thread, now and then: it also sees to it that the sample grows again when there are fewer.
     */
    public long count(int nowSecond) {
        AtomicLongArray all = places.get();
        int level = admitted.get();
        if (complete <= level || nowSecond >= completeSecond) {
            complete = level;
        }
        long found = 0;
        for (int i = 0; all != null && i < PLACES; i++) {
            found += isLive(all.get(i), nowSecond, complete) ? 1 : 0;
        }
        if (complete == level && level > 0 && found < FEW) {
            widen(level, found << level, nowSecond);
        }
        if (found == 0) {
            return nowSecond - heardSecond <= HEARD_SECONDS ? 1 : 0;
        }
        return complete == 0 ? found : rounded(found << complete);
    }

    /** From now on more calls come into the sample; those that began before are not in it, and count for the old level. */
    private void widen(int level, long about, int nowSecond) {
        int lower = level;
        while (lower > 0 && about >> (lower - 1) <= PLACES / 4) {
            lower--;
        }
        if (lower < level && admitted.compareAndSet(level, lower)) {
            completeSecond = nowSecond + LIFE_SECONDS;
        }
    }

    private static boolean isLive(long there, int now, int level) {
        return there != 0 && (there & SECONDS) > now && isOf(level, there >>> SECOND_BITS);
    }

    private static boolean isOf(int level, long hash) {
        return (hash & ((1L << level) - 1)) == 0;
    }

    /** Never 0, which is a free place. */
    private static long mark(long hash) {
        long bits = hash << SECOND_BITS;
        return bits == 0 ? 1L << 62 : bits;
    }

    private static int home(long hash) {
        return (int) (hash >>> 50) & (PLACES - BUCKET);
    }

    private static long rounded(long number) {
        long unit = 1;
        while (number / unit >= 100) {
            unit *= 10;
        }
        return (number + unit / 2) / unit * unit;
    }
}
