package org.strowger.proxy.balancing;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.stats.CacheStats;
import com.github.benmanes.caffeine.cache.stats.StatsCounter;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import org.strowger.threading.RunsOn;

/**
 * Remembers choices that arithmetic cannot repeat: hash of a Call-ID to the identity of the backend. The one table
 * that all event loops share.
 *
 * <p>Keyed by the Call-ID, not by the pool's affinity key: an entry for a whole source address would keep a
 * heavy sender on the backend it was moved to, past every bound. Entries expire some time after they were last used, so
 * the refreshes of a registration and the repetition of a challenged INVITE, which keep their Call-ID, meet the
 * backend that knows their nonce.
 *
 * <p>An entry takes about 140 bytes of heap, all told (a million entries, compressed references). A lookup in a table that is not empty boxes the key (24 bytes,
 * unless the compiler sees through it); {@link #isEmpty} is a few loads, for the pools that never write here.
 * Eviction work runs on the caller, in small portions, under a lock that is only tried, except when a burst of writes fills
 * Caffeine's buffer.
 */
@RunsOn(RunsOn.Runner.ANY)
public final class Affinity {
    /** Room for 1,000 new calls per second with the default expiry, and then some. */
    public static final long DEFAULT_MAX_ENTRIES = 400_000;

    /** Longer than an INVITE may ring: Timer C is above 3 minutes (RFC 3261 section 16.6). */
    public static final Duration DEFAULT_EXPIRY = Duration.ofMinutes(5);

    private final Counters counters = new Counters();
    private final Cache<Long, Long> backends;
    private final Ticker ticker;

    /** At most {@code maxEntries}, each until {@code expiry} after its last use. */
    public Affinity(long maxEntries, Duration expiry, Ticker ticker) {
        if (maxEntries < 1) {
            throw new IllegalArgumentException("maxEntries: " + maxEntries + " (expected: 1 or more)");
        }
        this.ticker = ticker;
        this.backends = Caffeine.newBuilder()
                .maximumSize(maxEntries)
                .expireAfterAccess(expiry)
                .ticker(ticker::nanoTime)
                .executor(Runnable::run)
                .recordStats(() -> counters)
                .build();
    }

    /** Other limits from now on; what is remembered stays as far as it fits. */
    public void limit(long maxEntries, Duration expiry) {
        backends.policy().eviction().ifPresent(limit -> limit.setMaximum(maxEntries));
        backends.policy().expireAfterAccess().ifPresent(limit -> limit.setExpiresAfter(expiry));
    }

    /** True when nothing is remembered, so that {@link #get} can be spared. */
    public boolean isEmpty() {
        return backends.estimatedSize() == 0;
    }

    /** The backend identity remembered for this key, or 0. */
    public long get(long keyHash) {
        Long identity = backends.getIfPresent(keyHash);
        return identity == null ? 0 : identity;
    }

    /** What {@link #get} would say, without a trace: the entry is not used by it, and nothing is counted. */
    public long peek(long keyHash) {
        Long identity = backends.policy().getIfPresentQuietly(keyHash);
        return identity == null ? 0 : identity;
    }

    /** A small table of its own that knows nothing. */
    public Affinity empty() {
        return new Affinity(1, DEFAULT_EXPIRY, ticker);
    }

    /** A small table of its own that knows what this one knows of that key, and nothing else. */
    public Affinity copyOf(long keyHash) {
        Affinity copy = empty();
        long identity = peek(keyHash);
        if (identity != 0) {
            copy.put(keyHash, identity);
        }
        return copy;
    }

    /** Remembers the backend identity, which is not 0, in place of an earlier one. */
    public void put(long keyHash, long backendIdentity) {
        backends.put(keyHash, backendIdentity);
    }

    /** Entries now, some of them perhaps expired already. */
    public long size() {
        return backends.estimatedSize();
    }

    public long hits() {
        return counters.hits.sum();
    }

    public long misses() {
        return counters.misses.sum();
    }

    /** Entries pushed out because the table was full; a steady rise means that it is too small. */
    public long evictions() {
        return counters.evictions.sum();
    }

    /** Entries that ended by their time. */
    public long expirations() {
        return counters.expirations.sum();
    }

    /** Does the eviction work that is due; for tests. */
    void cleanUp() {
        backends.cleanUp();
    }

    /** Caffeine's statistics, with the two reasons for leaving kept apart. */
    @RunsOn(RunsOn.Runner.ANY)
    private static final class Counters implements StatsCounter {
        private final LongAdder hits = new LongAdder();
        private final LongAdder misses = new LongAdder();
        private final LongAdder evictions = new LongAdder();
        private final LongAdder expirations = new LongAdder();

        @Override
        public void recordHits(int count) {
            hits.add(count);
        }

        @Override
        public void recordMisses(int count) {
            misses.add(count);
        }

        @Override
        public void recordLoadSuccess(long loadTimeNanos) {}

        @Override
        public void recordLoadFailure(long loadTimeNanos) {}

        @Override
        public void recordEviction(int weight, RemovalCause cause) {
            (cause == RemovalCause.EXPIRED ? expirations : evictions).increment();
        }

        @Override
        public CacheStats snapshot() {
            return CacheStats.of(hits.sum(), misses.sum(), 0, 0, 0, evictions.sum(), evictions.sum());
        }
    }
}
