package org.strowger.proxy.inflight;

import org.jspecify.annotations.Nullable;
import org.strowger.threading.RunsOn;

/**
 * The requests in flight of one event loop by transaction hash: linear probing in preallocated arrays, entries from a
 * pool that grows to the busiest moment. When all are taken, the oldest finished one makes room.
 *
 * <p>The hash of a transaction is public, so a stranger could choose branches that share a slot: the slot is taken from a
 * product with a secret odd number, which spreads them.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class InFlightTable {
    private final long[] hashes;
    private final @Nullable InFlightRequest[] entries;
    private final int shift;
    private final int mask;
    private final int maxEntries;
    private final long secret;
    private final BytePool bytes;
    private final InFlightRequest[] free;
    private final EntryList finished = new EntryList();
    private final EntryList waiting = new EntryList();
    private final EntryList proceeding = new EntryList();
    private final EntryList ringing = new EntryList();
    private int freeCount;
    private int made;
    private int size;

    /**
     * @param prepared entries for which there is memory from the beginning
     * @param secret any number that strangers do not know
     */
    public InFlightTable(int maxEntries, int prepared, long secret, BytePool bytes) {
        if (maxEntries < 1) {
            throw new IllegalArgumentException("maxEntries: " + maxEntries + " (expected: 1 or more)");
        }
        int slots = Math.max(4, Integer.highestOneBit(maxEntries) * 4);
        this.hashes = new long[slots];
        this.entries = new @Nullable InFlightRequest[slots];
        this.mask = slots - 1;
        this.shift = 64 - Integer.numberOfTrailingZeros(slots);
        this.maxEntries = maxEntries;
        this.secret = secret | 1;
        this.bytes = bytes;
        this.free = new InFlightRequest[maxEntries];
        while (freeCount < Math.min(prepared, maxEntries)) {
            free[freeCount++] = make();
        }
    }

    /** The entry of that transaction, or null. */
    public @Nullable InFlightRequest find(long hash) {
        int slot = slot(hash);
        for (InFlightRequest entry = entries[slot]; entry != null; entry = entries[slot]) {
            if (hashes[slot] == hash) {
                return entry;
            }
            slot = (slot + 1) & mask;
        }
        return null;
    }

    /** True when {@link #add} has to sacrifice a finished entry first. */
    public boolean isFull() {
        return freeCount == 0 && made == maxEntries;
    }

    /** The finished entry that has been kept longest, or null. */
    public @Nullable InFlightRequest oldestFinished() {
        return finished.first();
    }

    /** A blank entry for a transaction that has none; must not be called when full. */
    public InFlightRequest add(long hash) {
        InFlightRequest entry = freeCount > 0 ? free[--freeCount] : make();
        entry.clear();
        entry.transactionHash = hash;
        int slot = slot(hash);
        while (entries[slot] != null) {
            slot = (slot + 1) & mask;
        }
        entries[slot] = entry;
        hashes[slot] = hash;
        size++;
        return entry;
    }

    private InFlightRequest make() {
        made++;
        return new InFlightRequest();
    }

    /** Forgets the entry and its bytes; it must be on no wheel. */
    public void remove(InFlightRequest entry) {
        int slot = slot(entry.transactionHash);
        while (entries[slot] != entry) {
            slot = (slot + 1) & mask;
        }
        close(slot);
        EntryList.leave(entry);
        entry.release(bytes);
        entry.releaseReason(bytes);
        free[freeCount++] = entry;
        size--;
    }

    /** Moves later entries of the same run up, so that no gap parts them from their slot (Knuth, 6.4 R). */
    private void close(int gap) {
        int empty = gap;
        int slot = gap;
        while (true) {
            slot = (slot + 1) & mask;
            if (entries[slot] == null) {
                break;
            }
            int home = slot(hashes[slot]);
            if (((slot - home) & mask) >= ((slot - empty) & mask)) {
                entries[empty] = entries[slot];
                hashes[empty] = hashes[slot];
                empty = slot;
            }
        }
        entries[empty] = null;
    }

    /** Those of which the living attempt has not been heard of. */
    public EntryList waiting() {
        return waiting;
    }

    /** INVITEs of which the living attempt has been heard of, but for {@link #ringing}. */
    public EntryList proceeding() {
        return proceeding;
    }

    /** INVITEs that ring, kept as a whole although their heads would do if memory is short; who began first is first. */
    public EntryList ringing() {
        return ringing;
    }

    /** Those whose final response has gone upstream, oldest first. */
    public EntryList finished() {
        return finished;
    }

    public BytePool bytes() {
        return bytes;
    }

    /** Entries now. */
    public int size() {
        return size;
    }

    private int slot(long hash) {
        return (int) ((hash * secret) >>> shift);
    }
}
