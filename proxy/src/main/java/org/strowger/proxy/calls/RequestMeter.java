package org.strowger.proxy.calls;

import io.netty.util.concurrent.Ticker;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.strowger.proxy.balancing.BackendLoad;
import org.strowger.threading.RunsOn;

/**
 * The requests that this loop gave to backends and that wait for their first answer: how many each backend has, and how long
 * it takes. A response comes back to the loop that sent the request, so nothing is shared.
 *
 * <p>A queue in the order of sending, which is the order of giving up, with an index by hash. What is answered stays in the
 * queue, empty, until those before it are gone. When the queue is full, the oldest is given up early.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class RequestMeter {
    /** Requests in the queue, a power of two; 1.5 MB. At 2,000 requests per second, more than those of 32 s. */
    static final int CAPACITY = 1 << 16;

    /** 64 * T1: nobody waits longer for a final response, or an INVITE for a provisional one. */
    static final long GIVE_UP_NANOS = TimeUnit.SECONDS.toNanos(32);

    private static final int FREE = -1;

    private final Ticker ticker;
    private final long[] hashes = new long[CAPACITY];
    private final long[] sentNanos = new long[CAPACITY];
    private final @Nullable BackendLoad[] loads = new BackendLoad[CAPACITY];
    /** Places in the queue, by hash; open addressing with linear probing at half its size. */
    private final int[] index = new int[2 * CAPACITY];

    private int oldest;
    private int count;

    public RequestMeter(Ticker ticker) {
        this.ticker = ticker;
        Arrays.fill(index, FREE);
    }

    /** A request was sent; again, if it is known. */
    void sent(long hash, BackendLoad load) {
        int slot = find(hash);
        if (index[slot] != FREE) {
            return;
        }
        if (count == CAPACITY) {
            giveUpOldest();
            slot = find(hash);
        }
        int place = (oldest + count++) & (CAPACITY - 1);
        hashes[place] = hash;
        sentNanos[place] = ticker.nanoTime();
        loads[place] = load;
        index[slot] = place;
        load.requestBegan();
    }

    /** The first answer to a request, if it waits for one. */
    void answered(long hash) {
        int slot = find(hash);
        int place = index[slot];
        if (place == FREE) {
            return;
        }
        BackendLoad load = loads[place];
        if (load != null) {
            long now = ticker.nanoTime();
            load.answered(now - sentNanos[place], now);
        }
        end(slot, place);
    }

    /** Nobody waits for an answer to a request any longer, if anybody did. */
    void givenUp(long hash) {
        int slot = find(hash);
        if (index[slot] != FREE) {
            end(slot, index[slot]);
        }
    }

    /** A backend was silent for longer than it should. */
    void noResponse(BackendLoad load) {
        load.noResponse(ticker.nanoTime());
    }

    private void end(int slot, int place) {
        BackendLoad load = loads[place];
        if (load != null) {
            load.requestEnded();
            loads[place] = null;
        }
        free(slot);
        while (count > 0 && loads[oldest] == null) {
            advance();
        }
    }

    /** Gives up what waits for too long; to be called about every second. */
    public void tick() {
        long now = ticker.nanoTime();
        while (count > 0 && (loads[oldest] == null || now - sentNanos[oldest] >= GIVE_UP_NANOS)) {
            giveUpOldest();
        }
    }

    /** Requests that wait. */
    int waiting() {
        int waiting = 0;
        for (int i = 0; i < count; i++) {
            waiting += loads[(oldest + i) & (CAPACITY - 1)] == null ? 0 : 1;
        }
        return waiting;
    }

    private void giveUpOldest() {
        BackendLoad load = loads[oldest];
        if (load != null) {
            load.requestEnded();
            loads[oldest] = null;
            free(find(hashes[oldest]));
        }
        advance();
    }

    private void advance() {
        oldest = (oldest + 1) & (CAPACITY - 1);
        count--;
    }

    /** The slot of that hash, or the free one where it would be. */
    private int find(long hash) {
        int slot = home(hash);
        while (index[slot] != FREE && hashes[index[slot]] != hash) {
            slot = (slot + 1) & (index.length - 1);
        }
        return slot;
    }

    /** Frees a slot, and moves those up that were displaced by it (Knuth: TAOCP 3, section 6.4, algorithm R). */
    private void free(int slot) {
        int hole = slot;
        int next = slot;
        while (true) {
            index[hole] = FREE;
            int home;
            do {
                next = (next + 1) & (index.length - 1);
                if (index[next] == FREE) {
                    return;
                }
                home = home(hashes[index[next]]);
            } while (hole <= next ? hole < home && home <= next : hole < home || home <= next);
            index[hole] = index[next];
            hole = next;
        }
    }

    private int home(long hash) {
        return (int) (hash >>> 40) & (index.length - 1);
    }
}
