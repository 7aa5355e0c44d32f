package org.strowger.proxy.inflight;

import java.util.Arrays;
import org.strowger.threading.RunsOn;

/**
 * Where INVITEs were answered, for as long as somebody may repeat them: 32 bytes each. A ring in the order of the answers,
 * in segments of plain longs that are made when traffic first needs them and then used again, so that the collector has
 * nothing to follow and next to nothing to copy. Once full, the oldest is forgotten before its time.
 *
 * <p>Found by transaction through chains from newest to oldest. A chain ends at the first link to what is forgotten
 * already, so that forgetting is one addition.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class AnsweredInvites {
    /** No position. */
    public static final int NONE = -1;

    /** Decides how exact times are: 17 ms. */
    private static final int TIME_SHIFT = 24;

    private static final int SLOT_SHIFT = 2;
    private static final int SEGMENT_SHIFT = 13;
    private static final int SEGMENT_MASK = (1 << SEGMENT_SHIFT) - 1;
    private static final int CALL_ID = 1;
    private static final int PLACE = 2;
    private static final int TIME_AND_LINK = 3;

    /** Of one addition, so that it stays short after a pause. */
    private static final int MOST_FORGOTTEN = 16;

    private static final int ATTEMPT_BITS = 4;
    private static final long[] UNMADE = {};

    private final long[][] segments;
    private final long[][] spare;
    private final int[] newestOf;
    private final int bucketShift;
    private final long secret;
    private final int most;
    private final int keepTime;
    private int spareCount;
    private int oldest;
    private int next;

    /**
     * @param most remembered; rounded up to whole segments
     * @param prepared of them for which there is memory from the beginning
     * @param secret any number that strangers do not know: they could choose branches that share a chain
     * @param keepNanos how long each is remembered
     */
    public AnsweredInvites(int most, int prepared, long secret, long keepNanos) {
        if (most < 1 || most > 1 << 24) {
            throw new IllegalArgumentException("most: " + most + " (expected: 1..16777216)");
        }
        int needed = ((most + SEGMENT_MASK) >>> SEGMENT_SHIFT) + 1;
        int directory = Integer.highestOneBit(2 * needed - 1);
        this.segments = new long[directory][];
        this.spare = new long[directory][];
        Arrays.fill(segments, UNMADE);
        Arrays.fill(spare, UNMADE);
        this.most = most;
        this.newestOf = new int[Math.max(4, Integer.highestOneBit(most) / 4)];
        this.bucketShift = 64 - Integer.numberOfTrailingZeros(newestOf.length);
        this.secret = secret | 1;
        this.keepTime = (int) (keepNanos >>> TIME_SHIFT);
        // No link is live before the first is added.
        this.oldest = 1;
        this.next = 1;
        for (int i = 0; i < Math.min(directory, prepared >>> SEGMENT_SHIFT); i++) {
            spare[spareCount++] = newSegment();
        }
    }

    /** Remembers one more. False when another one had to be forgotten before its time. */
    public boolean add(long transactionHash, long callIdHash, long backend, int attempt, long nowNanos) {
        int now = (int) (nowNanos >>> TIME_SHIFT);
        forgetOld(now);
        boolean full = size() == most;
        if (full) {
            forgetOldest();
        }
        int bucket = bucket(transactionHash);
        long[] segment = segmentOfNext();
        int at = slot(next);
        segment[at] = transactionHash;
        segment[at + CALL_ID] = callIdHash;
        segment[at + PLACE] = (backend << ATTEMPT_BITS) | attempt;
        segment[at + TIME_AND_LINK] = ((long) (now + keepTime) << 32) | (newestOf[bucket] & 0xFFFF_FFFFL);
        newestOf[bucket] = next++;
        return !full;
    }

    /** False when no INVITE of that transaction is remembered; a look at one number. */
    public boolean mayHold(long transactionHash) {
        return Integer.compareUnsigned(newestOf[bucket(transactionHash)] - oldest, size()) < 0;
    }

    /** The position of the one answered last of those with these hashes, or {@link #NONE}; valid until the next is added. */
    public int find(long transactionHash, long callIdHash, long nowNanos) {
        int at = newestOf[bucket(transactionHash)] - oldest;
        int bound = size();
        // Links lead to older ones; any that does not is a stale one.
        while (Integer.compareUnsigned(at, bound) < 0) {
            int number = oldest + at;
            long[] segment = segmentOf(number);
            int slot = slot(number);
            if (segment[slot] == transactionHash
                    && segment[slot + CALL_ID] == callIdHash
                    && !isOver(segment[slot + TIME_AND_LINK], (int) (nowNanos >>> TIME_SHIFT))) {
                return at;
            }
            bound = at;
            at = (int) segment[slot + TIME_AND_LINK] - oldest;
        }
        return NONE;
    }

    /** The identity of the backend that answered the one at that position. */
    public long backend(int position) {
        return segmentOf(oldest + position)[slot(oldest + position) + PLACE] >>> ATTEMPT_BITS;
    }

    /** The number of the attempt that was answered. */
    public int attempt(int position) {
        return (int) segmentOf(oldest + position)[slot(oldest + position) + PLACE] & ((1 << ATTEMPT_BITS) - 1);
    }

    /** Those remembered now, and those that will be forgotten when room is needed. */
    public int size() {
        return next - oldest;
    }

    private void forgetOld(int now) {
        for (int i = 0; i < MOST_FORGOTTEN && oldest != next; i++) {
            if (!isOver(segmentOf(oldest)[slot(oldest) + TIME_AND_LINK], now)) {
                return;
            }
            forgetOldest();
        }
    }

    private void forgetOldest() {
        int index = index(oldest);
        oldest++;
        if (index(oldest) != index) {
            spare[spareCount++] = segments[index];
            segments[index] = UNMADE;
        }
    }

    private long[] segmentOfNext() {
        int index = index(next);
        if (segments[index].length == 0) {
            segments[index] = spareCount > 0 ? spare[--spareCount] : newSegment();
        }
        return segments[index];
    }

    private long[] segmentOf(int number) {
        return segments[index(number)];
    }

    private int index(int number) {
        return (number >>> SEGMENT_SHIFT) & (segments.length - 1);
    }

    private static int slot(int number) {
        return (number & SEGMENT_MASK) << SLOT_SHIFT;
    }

    private int bucket(long transactionHash) {
        return (int) ((transactionHash * secret) >>> bucketShift);
    }

    private static boolean isOver(long timeAndLink, int now) {
        return (int) (timeAndLink >>> 32) - now <= 0;
    }

    private static long[] newSegment() {
        return new long[1 << (SEGMENT_SHIFT + SLOT_SHIFT)];
    }
}
