package org.strowger.proxy.spreading;

import io.netty.util.concurrent.Ticker;
import java.util.Arrays;
import org.strowger.threading.RunsOn;

/**
 * Remembers Call-IDs, by their hashes, for five to ten minutes: two Bloom filters, of which the older is forgotten whole.
 * Never forgets earlier, unless a quarter of a million calls come in less time; mistakes a stranger for an acquaintance in
 * at most 6 of 100 cases.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class RecentCalls {
    /** 256 KiB in each filter. */
    private static final int BIT_INDEX = 21;

    private static final int MASK = (1 << BIT_INDEX) - 1;

    /** Eight bits to a call: with three of them set, 3 of 100 strangers look known. */
    static final int MAX_CALLS = 1 << (BIT_INDEX - 3);

    private final Ticker ticker;
    private long[] younger = new long[1 << (BIT_INDEX - 6)];
    private long[] older = new long[1 << (BIT_INDEX - 6)];
    private int calls;
    private int untilClock = HeavySources.CLOCK_EVERY;
    private long youngerSince;

    RecentCalls(Ticker ticker) {
        this.ticker = ticker;
        this.youngerSince = ticker.nanoTime();
    }

    void add(long hash) {
        if (--untilClock == 0) {
            untilClock = HeavySources.CLOCK_EVERY;
            if (ticker.nanoTime() - youngerSince >= HeavySources.SETTLING_NANOS) {
                forgetOlder();
            }
        }
        if (!isIn(younger, hash)) {
            if (calls == MAX_CALLS) {
                forgetOlder();
            }
            calls++;
            set(younger, hash);
            set(younger, hash >>> BIT_INDEX);
            set(younger, hash >>> (2 * BIT_INDEX));
        }
    }

    boolean contains(long hash) {
        return isIn(younger, hash) || isIn(older, hash);
    }

    private void forgetOlder() {
        long[] forgotten = older;
        older = younger;
        younger = forgotten;
        Arrays.fill(younger, 0);
        calls = 0;
        youngerSince = ticker.nanoTime();
    }

    private static boolean isIn(long[] filter, long hash) {
        return isSet(filter, hash) && isSet(filter, hash >>> BIT_INDEX) && isSet(filter, hash >>> (2 * BIT_INDEX));
    }

    private static boolean isSet(long[] filter, long index) {
        int bit = (int) index & MASK;
        return (filter[bit >>> 6] & 1L << bit) != 0;
    }

    private static void set(long[] filter, long index) {
        int bit = (int) index & MASK;
        filter[bit >>> 6] |= 1L << bit;
    }
}
