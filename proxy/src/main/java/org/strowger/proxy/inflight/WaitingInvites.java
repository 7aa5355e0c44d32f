package org.strowger.proxy.inflight;

import io.netty.util.collection.LongObjectHashMap;
import org.jspecify.annotations.Nullable;
import org.strowger.threading.RunsOn;

/**
 * The INVITEs that went down clients' connections and have no final response yet, of one event loop: what their connections
 * leave behind when they end. Bounded in number, by connection and in all, and in bytes; entries and bytes are used again, so
 * that nothing is allocated once the busiest moment has been seen.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class WaitingInvites {
    /** Parts the branches of one connection from those of another. */
    private static final long SPREAD = 0x9E37_79B9_7F4A_7C15L;

    private final Bounds bounds;
    private final BytePool bytes;
    private final LongObjectHashMap<Entry> byBranch = new LongObjectHashMap<>();
    private final LongObjectHashMap<OfFlow> byFlow = new LongObjectHashMap<>();
    private @Nullable Entry oldest;
    private @Nullable Entry youngest;
    private @Nullable Entry freeEntry;
    private @Nullable OfFlow freeFlow;

    /**
     * What is kept at most.
     *
     * @param most of all connections
     * @param mostOfAFlow of one connection
     * @param maxBytes of all connections
     * @param keepNanos how long one is kept when nothing is heard of it
     */
    public record Bounds(int most, int mostOfAFlow, long maxBytes, long keepNanos) {
        public Bounds {
            if (most < 1 || mostOfAFlow < 1 || mostOfAFlow > most) {
                throw new IllegalArgumentException(
                        "most: " + most + ", mostOfAFlow: " + mostOfAFlow + " (expected: 1 <= mostOfAFlow <= most)");
            }
        }
    }

    /** What became of an INVITE that was to be kept. */
    public enum Outcome {
        KEPT,
        /** It is kept already: this was a repetition. */
        KNOWN,
        /** A bound was met. */
        FULL
    }

    /** One INVITE, linked with others of its connection and with those kept longer and shorter. */
    @RunsOn(RunsOn.Runner.EVENT_LOOP)
    private static final class Entry {
        private long flow;
        private long branch;
        private long untilNanos;
        private int block;
        private int length;
        private @Nullable Entry older;
        private @Nullable Entry younger;
        private @Nullable Entry previousOfFlow;
        /** Of a free entry: the next free one. */
        private @Nullable Entry nextOfFlow;
    }

    /** The INVITEs of one connection, oldest first; there is none for a connection without. */
    @RunsOn(RunsOn.Runner.EVENT_LOOP)
    private static final class OfFlow {
        private @Nullable Entry first;
        private @Nullable Entry last;
        private int count;
        private @Nullable OfFlow nextFree;
    }

    public WaitingInvites(Bounds bounds) {
        this.bounds = bounds;
        this.bytes = new BytePool(bounds.maxBytes());
    }

    public boolean isEmpty() {
        return byBranch.isEmpty();
    }

    public int size() {
        return byBranch.size();
    }

    /** Bytes in use at the moment. */
    public long lentBytes() {
        return bytes.lent();
    }

    /** Keeps a copy of {@code text[from, to)}, which was sent on that connection with a branch of that hash on top. */
    public Outcome add(long flow, long branch, byte[] text, int from, int to, long nowNanos) {
        long key = key(flow, branch);
        Entry known = byBranch.get(key);
        if (known != null) {
            return known.flow == flow && known.branch == branch ? Outcome.KNOWN : Outcome.FULL;
        }
        OfFlow siblings = byFlow.get(flow);
        if (size() >= bounds.most() || (siblings != null && siblings.count >= bounds.mostOfAFlow())) {
            return Outcome.FULL;
        }
        int block = bytes.take(to - from);
        if (block == BytePool.NONE) {
            return Outcome.FULL;
        }
        System.arraycopy(text, from, bytes.array(block), bytes.offset(block), to - from);
        Entry entry = freeEntry == null ? new Entry() : freeEntry;
        freeEntry = entry.nextOfFlow;
        entry.flow = flow;
        entry.branch = branch;
        entry.block = block;
        entry.length = to - from;
        byBranch.put(key, entry);
        appendToFlow(entry, siblings == null ? begin(flow) : siblings);
        appendAsYoungest(entry, nowNanos);
        return Outcome.KEPT;
    }

    /** The other end works on it: the time that it is kept for begins anew. */
    public void heard(long flow, long branch, long nowNanos) {
        Entry entry = find(flow, branch);
        if (entry != null) {
            leaveAges(entry);
            appendAsYoungest(entry, nowNanos);
        }
    }

    /** It has its final response: forgets it. */
    public void answered(long flow, long branch) {
        Entry entry = find(flow, branch);
        if (entry != null) {
            forget(entry);
        }
    }

    /** Forgets the oldest of that connection; returns a copy of it, or null when there is none. */
    public byte @Nullable [] take(long flow) {
        OfFlow all = byFlow.get(flow);
        Entry entry = all == null ? null : all.first;
        if (entry == null) {
            return null;
        }
        byte[] copy = new byte[entry.length];
        System.arraycopy(bytes.array(entry.block), bytes.offset(entry.block), copy, 0, entry.length);
        forget(entry);
        return copy;
    }

    /** Forgets what has waited too long, that many at most. Returns how many there were. */
    public int expire(int most, long nowNanos) {
        int count = 0;
        for (Entry entry = oldest; entry != null && count < most; entry = oldest) {
            if (entry.untilNanos - nowNanos > 0) {
                break;
            }
            forget(entry);
            count++;
        }
        return count;
    }

    private @Nullable Entry find(long flow, long branch) {
        Entry entry = byBranch.get(key(flow, branch));
        return entry != null && entry.flow == flow && entry.branch == branch ? entry : null;
    }

    private void forget(Entry entry) {
        byBranch.remove(key(entry.flow, entry.branch));
        leaveAges(entry);
        leaveFlow(entry);
        bytes.give(entry.block);
        entry.nextOfFlow = freeEntry;
        freeEntry = entry;
    }

    private OfFlow begin(long flow) {
        OfFlow fresh = freeFlow == null ? new OfFlow() : freeFlow;
        freeFlow = fresh.nextFree;
        fresh.nextFree = null;
        byFlow.put(flow, fresh);
        return fresh;
    }

    private static void appendToFlow(Entry entry, OfFlow to) {
        Entry last = to.last;
        entry.previousOfFlow = last;
        entry.nextOfFlow = null;
        if (last == null) {
            to.first = entry;
        } else {
            last.nextOfFlow = entry;
        }
        to.last = entry;
        to.count++;
    }

    private void leaveFlow(Entry entry) {
        OfFlow from = byFlow.get(entry.flow);
        Entry previous = entry.previousOfFlow;
        Entry next = entry.nextOfFlow;
        if (previous == null) {
            from.first = next;
        } else {
            previous.nextOfFlow = next;
        }
        if (next == null) {
            from.last = previous;
        } else {
            next.previousOfFlow = previous;
        }
        entry.previousOfFlow = null;
        if (--from.count == 0) {
            byFlow.remove(entry.flow);
            from.nextFree = freeFlow;
            freeFlow = from;
        }
    }

    private void appendAsYoungest(Entry entry, long nowNanos) {
        entry.untilNanos = nowNanos + bounds.keepNanos();
        Entry before = youngest;
        entry.older = before;
        entry.younger = null;
        if (before == null) {
            oldest = entry;
        } else {
            before.younger = entry;
        }
        youngest = entry;
    }

    private void leaveAges(Entry entry) {
        Entry older = entry.older;
        Entry younger = entry.younger;
        if (older == null) {
            oldest = younger;
        } else {
            older.younger = younger;
        }
        if (younger == null) {
            youngest = older;
        } else {
            younger.older = older;
        }
        entry.older = null;
        entry.younger = null;
    }

    private static long key(long flow, long branch) {
        return branch ^ (flow * SPREAD);
    }
}
