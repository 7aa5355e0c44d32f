package org.strowger.proxy.spreading;

import io.netty.util.concurrent.Ticker;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.strowger.sip.IpPort;
import org.strowger.threading.RunsOn;

/**
 * Finds the UDP sources that send one event loop more requests than a loop should carry for a single peer.
 *
 * <p>A table of fixed size, four places to a row, of counts that halve four times a second. In a full row a newcomer wears
 * down the smallest count and takes its place at zero (as in HeavyKeeper, Gong and others, USENIX ATC 2018): any number of
 * light sources cannot push out one that sends more than a quarter of what they send through the row. Counts err low only.
 * A stranger who aims addresses at one row delays the discovery of whom he shares it with, and achieves nothing else.
 *
 * <p>A heavy source keeps its place until it has been silent for so long that no transaction of its own can be alive:
 * that it sends less does not bring its calls back, for that would part them from their transactions.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class HeavySources {
    /**
     * A loop carries 100,000 messages a second or more; 2,000 requests are a few percent of one. Below, what a peer gains
     * by other loops is less than what they pay for waking up for it.
     */
    static final int THRESHOLD_PER_SECOND = 2_000;

    /** Counts this high make a source watched; a phone's INVITE, ACK and BYE do not, nor a few of them behind one NAT. */
    static final int WATCH_COUNT = 8;

    static final long WINDOW_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** 64 T1: every transaction but that of an INVITE is over (RFC 3261 timers B, F, H and J). */
    static final long TURNING_NANOS = TimeUnit.SECONDS.toNanos(32);

    /** An INVITE that rings may last longer than timer C, which is above 3 minutes and begins anew with each 1xx. */
    static final long SETTLING_NANOS = TimeUnit.MINUTES.toNanos(5);

    /** Requests between two looks at the clock. */
    static final int CLOCK_EVERY = 64;

    /** The count of a steady source converges on twice what it sends in a window. */
    private static final int HEAVY_COUNT =
            (int) (2 * THRESHOLD_PER_SECOND * WINDOW_NANOS / TimeUnit.SECONDS.toNanos(1));

    private static final int WAYS = 4;
    private static final int ROWS = 256;

    private final Ticker ticker;
    private final long[] keys = new long[ROWS * WAYS];
    private final int[] counts = new int[ROWS * WAYS];
    private final Standing[] standings = new Standing[ROWS * WAYS];
    private final long[] heavySince = new long[ROWS * WAYS];
    private final long[] lastSeen = new long[ROWS * WAYS];
    private long windowStart;
    private int untilClock = CLOCK_EVERY;

    HeavySources(Ticker ticker) {
        this.ticker = ticker;
        this.windowStart = ticker.nanoTime();
        Arrays.fill(standings, Standing.LIGHT);
    }

    /** Counts one request of that source. */
    Standing observe(IpPort source) {
        if (--untilClock == 0) {
            untilClock = CLOCK_EVERY;
            lookAtTheClock(ticker.nanoTime());
        }
        long key = source.hash();
        int row = ((int) key & (ROWS - 1)) * WAYS;
        for (int place = row; place < row + WAYS; place++) {
            if (keys[place] == key) {
                int count = ++counts[place];
                if (count == WATCH_COUNT && standings[place] == Standing.LIGHT) {
                    standings[place] = Standing.WATCHED;
                }
                return standings[place];
            }
        }
        newcomer(row, key);
        return Standing.LIGHT;
    }

    /** Takes the smallest place of its row that is free for the taking, or makes it smaller. */
    private void newcomer(int row, long key) {
        int smallest = -1;
        for (int place = row; place < row + WAYS; place++) {
            if (!standings[place].isHeavy() && (smallest < 0 || counts[place] < counts[smallest])) {
                smallest = place;
            }
        }
        if (smallest < 0) {
            return;
        }
        if (counts[smallest] > 0) {
            counts[smallest]--;
            return;
        }
        keys[smallest] = key;
        counts[smallest] = 1;
        standings[smallest] = Standing.LIGHT;
    }

    private void lookAtTheClock(long nowNanos) {
        long elapsed = nowNanos - windowStart;
        if (elapsed < WINDOW_NANOS) {
            return;
        }
        windowStart = nowNanos;
        int halvings = (int) Math.min(31, elapsed / WINDOW_NANOS);
        for (int place = 0; place < keys.length; place++) {
            judge(place, nowNanos);
            counts[place] >>= halvings;
        }
    }

    private void judge(int place, long nowNanos) {
        if (standings[place].isHeavy()) {
            if (counts[place] > 0) {
                lastSeen[place] = nowNanos;
                standings[place] = heavyFor(nowNanos - heavySince[place]);
            } else if (nowNanos - lastSeen[place] >= SETTLING_NANOS) {
                standings[place] = Standing.LIGHT;
            }
        } else if (counts[place] >= HEAVY_COUNT) {
            standings[place] = Standing.TURNING;
            heavySince[place] = nowNanos;
            lastSeen[place] = nowNanos;
        }
    }

    private static Standing heavyFor(long nanos) {
        return nanos < TURNING_NANOS ? Standing.TURNING : nanos < SETTLING_NANOS ? Standing.SETTLING : Standing.HEAVY;
    }
}
