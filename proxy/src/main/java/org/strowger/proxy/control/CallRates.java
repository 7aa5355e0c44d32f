package org.strowger.proxy.control;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.strowger.threading.RunsOn;

/** New calls a second of each backend, over the last {@value #WINDOW} looks or as many as there were. */
@RunsOn(RunsOn.Runner.CONTROL)
final class CallRates {
    private static final int WINDOW = 10;

    private final Map<String, Deque<Sample>> byId = new HashMap<>();

    /** A count and when it was read. */
    private record Sample(long nanos, long calls) {}

    /** Reads the counts of these backends, and forgets others. */
    void look(Collection<String> backends, ToLongFunction<String> calls, long nowNanos) {
        byId.keySet().retainAll(Set.copyOf(backends));
        for (String id : backends) {
            Deque<Sample> samples = byId.computeIfAbsent(id, unused -> new ArrayDeque<>());
            samples.addLast(new Sample(nowNanos, calls.applyAsLong(id)));
            if (samples.size() > WINDOW + 1) {
                samples.removeFirst();
            }
        }
    }

    /** Thousandths of a call a second. */
    long milliCallsPerSecond(String backend) {
        Deque<Sample> samples = byId.get(backend);
        if (samples == null || samples.size() < 2) {
            return 0;
        }
        Sample first = samples.getFirst();
        Sample last = samples.getLast();
        long nanos = last.nanos() - first.nanos();
        return nanos <= 0 ? 0 : Math.round((last.calls() - first.calls()) * 1e12 / nanos);
    }
}
