package org.strowger.proxy.metrics;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.strowger.threading.RunsOn;

/**
 * The {@link BackendCounters} of every backend and event loop, kept by the backend's id, so that they outlive the
 * snapshots: whoever builds a snapshot asks for them by id and puts them into it, and the data path never looks here.
 *
 * <p>A backend that is a member of two pools has one set of counters.
 */
@RunsOn(RunsOn.Runner.ANY)
public final class BackendCounterTable {
    private final ConcurrentHashMap<String, List<BackendCounters>> byId = new ConcurrentHashMap<>();
    private final int eventLoops;

    public BackendCounterTable(int eventLoops) {
        if (eventLoops < 1) {
            throw new IllegalArgumentException("eventLoops: " + eventLoops + " (expected: 1 or more)");
        }
        this.eventLoops = eventLoops;
    }

    /** The counters of a backend, one per event loop in the order of their numbers; made at the first call. */
    public List<BackendCounters> countersOf(String backendId) {
        return byId.computeIfAbsent(
                backendId,
                id -> IntStream.range(0, eventLoops)
                        .mapToObj(loop -> new BackendCounters())
                        .toList());
    }

    /** Forgets every backend that is not among {@code backendIds}: those are gone for good, not merely down. */
    public void retain(Collection<String> backendIds) {
        byId.keySet().retainAll(Set.copyOf(backendIds));
    }

    /** The ids of all backends, sorted. */
    public Set<String> backendIds() {
        return new TreeSet<>(byId.keySet());
    }

    /** The sum over all loops; 0 for an unknown backend. */
    public long sum(String backendId, BackendCounter counter) {
        long sum = 0;
        for (BackendCounters counters : byId.getOrDefault(backendId, List.of())) {
            sum += counters.get(counter);
        }
        return sum;
    }
}
