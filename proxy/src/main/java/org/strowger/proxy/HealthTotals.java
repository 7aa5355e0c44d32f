package org.strowger.proxy;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.strowger.health.Transition;
import org.strowger.threading.RunsOn;

/** How often backends and pools have changed, and how often backends were ejected, by their names. */
@RunsOn(RunsOn.Runner.ANY)
final class HealthTotals {
    private final Map<String, LongAdder> transitions = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> ejections = new ConcurrentHashMap<>();

    void count(Transition transition) {
        add(transitions, transition.backend());
        if (transition.what().endsWith("-> ejected") && !transition.what().startsWith("ejected")) {
            add(ejections, transition.backend());
        }
    }

    private static void add(Map<String, LongAdder> counts, String name) {
        counts.computeIfAbsent(name, unused -> new LongAdder()).increment();
    }

    long transitions(String name) {
        return sum(transitions, name);
    }

    long ejections(String backendId) {
        return sum(ejections, backendId);
    }

    private static long sum(Map<String, LongAdder> counts, String name) {
        LongAdder count = counts.get(name);
        return count == null ? 0 : count.sum();
    }
}
