package org.strowger.proxy.balancing;

import io.netty.util.concurrent.Ticker;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.strowger.threading.RunsOn;

/**
 * Knows the calls of one event loop that arithmetic alone gave their backend, for at least as long as their INVITE is
 * retransmitted: bounded load must not divert one of those.
 *
 * <p>Two tables of fingerprints of 16 bits, eight to a row, of which the older is forgotten whole every 32 s (64 * T1, RFC 3261
 * section 17.1.1.2). In a full row the newest takes the place of the oldest, so that more than 8,000 new calls a second,
 * 262,144 in 32 s, shorten the memory and nothing else; at 4,000 one call in a hundred is forgotten early. A stranger is
 * mistaken for a known call once in 4,000 times at most, and then goes where it would without a bound. 1 MiB.
 *
 * <p>The clock is read once in 64 calls and before each question. That it is read late makes the memory longer.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class CallsAtHome {
    static final long GENERATION_NANOS = TimeUnit.SECONDS.toNanos(32);

    private static final int ROW_BITS = 15;
    private static final int LONGS_PER_ROW = 2;
    private static final int ROW_MASK = (1 << ROW_BITS) - 1;
    private static final int CLOCK_EVERY = 64;

    /** 1 in each of the four fingerprints of a long. */
    private static final long ONES = 0x0001_0001_0001_0001L;

    private static final long HIGH_BITS = ONES << 15;

    private final Ticker ticker;
    private long[] younger = new long[LONGS_PER_ROW << ROW_BITS];
    private long[] older = new long[LONGS_PER_ROW << ROW_BITS];
    private long youngerSince;
    private int untilClock = CLOCK_EVERY;

    public CallsAtHome(Ticker ticker) {
        this.ticker = ticker;
        this.youngerSince = ticker.nanoTime();
    }

    /** A call, by the hash of its Call-ID, goes where arithmetic says. */
    public void add(long callId) {
        if (--untilClock == 0) {
            lookAtTheClock();
        }
        int row = row(callId);
        long fingerprint = fingerprint(callId);
        long first = younger[row];
        if (!isIn(first, younger[row + 1], fingerprint)) {
            younger[row] = first << 16 | fingerprint;
            younger[row + 1] = younger[row + 1] << 16 | first >>> 48;
        }
    }

    /** True when the call was added in the last 32 s; most likely false when not in the last 64 s. */
    public boolean contains(long callId) {
        lookAtTheClock();
        int row = row(callId);
        long fingerprint = fingerprint(callId);
        return isIn(younger[row], younger[row + 1], fingerprint) || isIn(older[row], older[row + 1], fingerprint);
    }

    private void lookAtTheClock() {
        untilClock = CLOCK_EVERY;
        long nowNanos = ticker.nanoTime();
        if (nowNanos - youngerSince >= GENERATION_NANOS) {
            long[] forgotten = older;
            older = younger;
            younger = forgotten;
            Arrays.fill(younger, 0);
            youngerSince = nowNanos;
        }
    }

    private static int row(long callId) {
        return ((int) callId & ROW_MASK) * LONGS_PER_ROW;
    }

    /** Not 0, which is a free place. */
    private static long fingerprint(long callId) {
        long bits = callId >>> 48;
        return bits == 0 ? 1 : bits;
    }

    private static boolean isIn(long first, long second, long fingerprint) {
        long pattern = fingerprint * ONES;
        return (zeros(first ^ pattern) | zeros(second ^ pattern)) != 0;
    }

    /** Not 0 if and only if one of the four parts of {@code word} is (Hacker's Delight, section 6-1). */
    private static long zeros(long word) {
        return (word - ONES) & ~word & HIGH_BITS;
    }
}
