package org.strowger.discovery.dns;

import io.netty.util.concurrent.Ticker;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.strowger.threading.RunsOn;

/**
 * What one event loop knows about destinations: answers for as long as the DNS lets them live, and the look-ups under
 * way, one for each destination however often it is asked for.
 *
 * <p>A time to live is taken as {@value #FLOOR_SECONDS} s at least, so that a zone with 0 does not cost a look-up per
 * message and an answer is still there when those who waited for it come back, and as {@value #CAP_SECONDS} s at most.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class NameCache {
    static final long FLOOR_SECONDS = 1;
    static final long CAP_SECONDS = 3600;
    /** How long "nobody could say" is kept. */
    static final long FAILURE_SECONDS = 5;
    /** How long "there is no such name" is kept when no SOA record says. */
    static final long NO_NAME_SECONDS = 30;

    /** Hears of look-ups that have ended. Called on the event loop. */
    @FunctionalInterface
    public interface Listener {

        /** The answer is in the cache now. It may come before {@link NameCache#find} of the same look-up returns. */
        void ended(long lookup, Location.Outcome outcome);
    }

    /** An answer and when it ends. */
    private record Kept(Location location, long expiresNanos) {}

    private final Function<Destination, CompletionStage<Location>> locator;
    private final Ticker ticker;
    private final NameCacheLimits limits;
    private final Listener listener;
    private final Map<Destination, Kept> known;
    private final Map<Destination, Long> underWay = new HashMap<>();
    private long lastLookup;

    /** May be called from any thread. */
    public NameCache(
            Function<Destination, CompletionStage<Location>> locator,
            NameCacheLimits limits,
            Ticker ticker,
            Listener listener) {
        this.locator = locator;
        this.ticker = ticker;
        this.limits = limits;
        this.listener = listener;
        this.known = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Destination, Kept> eldest) {
                return size() > limits.maxNames();
            }
        };
    }

    /** What is known; begins a look-up when nothing is. */
    public Location find(Destination to) {
        Kept kept = known.get(to);
        if (kept != null) {
            if (kept.expiresNanos() - ticker.nanoTime() > 0) {
                return kept.location();
            }
            known.remove(to);
        }
        if (underWay.containsKey(to)) {
            return Location.PENDING;
        }
        return underWay.size() < limits.maxLookups() ? lookUp(to) : Location.REFUSED;
    }

    /** The number of the look-up that is under way for {@code to}; 0 when there is none. */
    public long lookupOf(Destination to) {
        return underWay.getOrDefault(to, 0L);
    }

    /** Forgets every answer, because what they were for has changed. Look-ups under way go on. */
    public void forget() {
        known.clear();
    }

    private Location lookUp(Destination to) {
        long lookup = ++lastLookup;
        underWay.put(to, lookup);
        CompletableFuture<Location> result = locator.apply(to)
                .handle((location, defect) -> ended(to, lookup, defect == null ? location : Location.FAILURE))
                .toCompletableFuture();
        return result.isDone() ? result.join() : Location.PENDING;
    }

    private Location ended(Destination to, long lookup, Location location) {
        underWay.remove(to);
        long seconds = Math.max(FLOOR_SECONDS, Math.min(CAP_SECONDS, secondsOf(location)));
        known.put(to, new Kept(location, ticker.nanoTime() + TimeUnit.SECONDS.toNanos(seconds)));
        listener.ended(lookup, location.outcome());
        return location;
    }

    private static long secondsOf(Location location) {
        return switch (location.outcome()) {
            case FOUND -> location.ttlSeconds() < 0 ? CAP_SECONDS : location.ttlSeconds();
            case NO_NAME -> location.ttlSeconds() < 0 ? NO_NAME_SECONDS : location.ttlSeconds();
            case NO_TRANSPORT -> CAP_SECONDS;
            case FAILED, PENDING, REFUSED -> FAILURE_SECONDS;
        };
    }
}
