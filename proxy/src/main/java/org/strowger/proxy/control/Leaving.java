package org.strowger.proxy.control;

import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.strowger.discovery.Backend;
import org.strowger.threading.RunsOn;

/**
 * Backends that are no member of any pool any more, but were: requests of their dialogs still go to them until they have
 * none, where dialogs are counted, and for {@link #LINGER} at most.
 */
@RunsOn(RunsOn.Runner.CONTROL)
final class Leaving {
    /** Longer than nearly all calls. */
    static final Duration LINGER = Duration.ofHours(2);

    /** So that the answers to what is on its way come back before the backend is forgotten for having no dialogs. */
    private static final Duration LEAST = Duration.ofMinutes(5);

    private final Ticker ticker;
    private final Map<String, Entry> byId = new LinkedHashMap<>();

    Leaving(Ticker ticker) {
        this.ticker = ticker;
    }

    Leaving copy() {
        Leaving copy = new Leaving(ticker);
        copy.byId.putAll(byId);
        return copy;
    }

    /** A backend and since when it leaves. */
    private record Entry(Backend backend, long sinceNanos) {}

    /** Those that were members and are not leave; those that are again stay. */
    void change(Collection<Backend> before, Collection<Backend> now) {
        now.forEach(backend -> byId.remove(backend.id()));
        for (Backend backend : before) {
            if (now.stream().noneMatch(other -> other.id().equals(backend.id()))) {
                byId.putIfAbsent(backend.id(), new Entry(backend, ticker.nanoTime()));
            }
        }
    }

    /** Forgets those whose time has come; true when there were any. */
    boolean expire(RemainingDialogs dialogs) {
        long now = ticker.nanoTime();
        return byId.values().removeIf(entry -> {
            long gone = now - entry.sinceNanos();
            OptionalLong left = dialogs.of(entry.backend());
            boolean empty = left.isPresent() && left.getAsLong() == 0 && gone >= LEAST.toNanos();
            return empty || gone >= LINGER.toNanos();
        });
    }

    List<Backend> backends() {
        return byId.values().stream().map(Entry::backend).toList();
    }
}
