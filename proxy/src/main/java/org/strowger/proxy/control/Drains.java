package org.strowger.proxy.control;

import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.strowger.discovery.Backend;
import org.strowger.threading.RunsOn;

/**
 * The drains under way: since when, until when, how many dialogs are left, and when they will have ended.
 *
 * <p>The estimate takes calls to end at a rate in proportion to their number: N(t) = N(0) e^(-t/T), where T is the mean
 * time that a call has left. With N(0) at the begin and N now, T = t / ln(N(0) / N), and after a further T ln(2 N) less
 * than half a call is expected to be left. Nothing is said before the first call has ended.
 */
@RunsOn(RunsOn.Runner.CONTROL)
final class Drains {
    private final Ticker ticker;
    private final Map<Key, Drain> drains = new LinkedHashMap<>();

    Drains(Ticker ticker) {
        this.ticker = ticker;
    }

    /** Of what. */
    private record Key(String pool, String backend) {}

    /**
     * @param by who asked for it, or for its present deadline
     * @param first the first count of dialogs, -1 before there was one
     */
    private record Drain(
            Backend backend, String by, long sinceNanos, Optional<Limit> limit, long first, boolean isEmpty) {

        Drain counted(long count) {
            return new Drain(backend, by, sinceNanos, limit, Math.max(first, count), count == 0);
        }

        Drain until(Limit other, String who) {
            return new Drain(backend, who, sinceNanos, Optional.of(other), first, isEmpty);
        }
    }

    /** A deadline, and how far off it was when it was set. */
    private record Limit(long atNanos, Duration asked) {}

    /**
     * Something has come to its end.
     *
     * @param by who had asked for the drain
     * @param deadline how much time had been given, if any
     */
    record Ending(
            String pool,
            String backend,
            Kind kind,
            String by,
            Optional<Duration> deadline,
            OptionalLong remaining,
            Duration after) {

        /** To which end. */
        enum Kind {
            /** No dialog is left. */
            EMPTY,
            /** The deadline has passed. */
            DEADLINE
        }

        /** What ended it, and who had asked for it. {@code things}: what is counted. */
        String text(String things) {
            String limit = deadline.filter(asked -> kind == Kind.DEADLINE)
                    .map(asked -> "deadline of " + Durations.text(asked) + " reached, ")
                    .orElse("");
            String left = remaining.isPresent() ? remaining.getAsLong() + " " + things + " left" : things + " unknown";
            return "drain ended: " + limit + left + " (asked for by " + by + ")";
        }
    }

    /** A drain begins; of one that goes on already, a new deadline replaces the old one. */
    void begin(String pool, Backend backend, Optional<Duration> deadline, String by) {
        Key key = new Key(pool, backend.id());
        long now = ticker.nanoTime();
        Drain drain = drains.getOrDefault(key, new Drain(backend, by, now, Optional.empty(), -1, false));
        drains.put(
                key,
                deadline.map(limit -> drain.until(new Limit(now + limit.toNanos(), limit), by))
                        .orElse(drain));
    }

    /** It is drained no more, for whatever reason. */
    void end(String pool, String backend) {
        drains.remove(new Key(pool, backend));
    }

    /** Looks at each: what has come to its end since the last time. One past its deadline is forgotten. */
    List<Ending> look(RemainingDialogs dialogs) {
        List<Ending> endings = new ArrayList<>();
        long now = ticker.nanoTime();
        for (Map.Entry<Key, Drain> entry : List.copyOf(drains.entrySet())) {
            Key key = entry.getKey();
            Drain drain = entry.getValue();
            OptionalLong remaining = dialogs.of(drain.backend());
            Duration after = Duration.ofNanos(now - drain.sinceNanos());
            if (drain.limit().filter(limit -> now - limit.atNanos() >= 0).isPresent()) {
                drains.remove(key);
                endings.add(ending(key, drain, Ending.Kind.DEADLINE, remaining, after));
            } else if (remaining.isPresent()) {
                drains.put(key, drain.counted(remaining.getAsLong()));
                if (remaining.getAsLong() == 0 && !drain.isEmpty()) {
                    endings.add(ending(key, drain, Ending.Kind.EMPTY, remaining, after));
                }
            }
        }
        return endings;
    }

    private static Ending ending(Key key, Drain drain, Ending.Kind kind, OptionalLong remaining, Duration after) {
        Optional<Duration> deadline = drain.limit().map(Limit::asked);
        return new Ending(key.pool(), key.backend(), kind, drain.by(), deadline, remaining, after);
    }

    /** How far that one has come, if there is such a drain. */
    Optional<DrainProgress> progress(String pool, String backend, RemainingDialogs dialogs) {
        Drain drain = drains.get(new Key(pool, backend));
        if (drain == null) {
            return Optional.empty();
        }
        long now = ticker.nanoTime();
        Duration since = Duration.ofNanos(now - drain.sinceNanos());
        OptionalLong remaining = dialogs.of(drain.backend());
        Optional<Duration> left = drain.limit().map(limit -> Duration.ofNanos(Math.max(0, limit.atNanos() - now)));
        Optional<Duration> eta =
                remaining.isPresent() ? estimate(drain.first(), remaining.getAsLong(), since) : Optional.empty();
        return Optional.of(new DrainProgress(since, remaining, eta, left));
    }

    /** When {@code now} dialogs of {@code first} at the begin, {@code since} ago, will have ended. */
    static Optional<Duration> estimate(long first, long now, Duration since) {
        if (now == 0) {
            return Optional.of(Duration.ZERO);
        }
        if (first <= now || since.isZero()) {
            return Optional.empty();
        }
        double meanSeconds = since.toNanos() / 1e9 / Math.log((double) first / now);
        return Optional.of(Duration.ofSeconds(Math.round(meanSeconds * Math.log(2.0 * now))));
    }
}
