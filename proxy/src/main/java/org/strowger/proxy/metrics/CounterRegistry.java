package org.strowger.proxy.metrics;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.strowger.threading.RunsOn;

/** The counters of all event loops, what others count besides, and their sums. */
@RunsOn(RunsOn.Runner.ANY)
public final class CounterRegistry {
    private final List<LoopCounters> loops;
    private final Map<Counter, LongSupplier> others = new ConcurrentHashMap<>();

    public CounterRegistry(int eventLoops) {
        if (eventLoops < 1) {
            throw new IllegalArgumentException("eventLoops: " + eventLoops + " (expected: 1 or more)");
        }
        loops = IntStream.range(0, eventLoops)
                .mapToObj(loop -> new LoopCounters())
                .toList();
    }

    /** The counters of the event loop with this number, for that loop to count with. */
    public LoopCounters loop(int number) {
        return loops.get(number);
    }

    /** Adds what is counted elsewhere, to be read by any thread, to the sum of that counter. One each. */
    public void addSource(Counter counter, LongSupplier source) {
        others.put(counter, source);
    }

    public int eventLoops() {
        return loops.size();
    }

    /** The sum over all loops and the other source, if any. Not an atomic picture: the loops count on while they are read. */
    public long sum(Counter counter) {
        LongSupplier other = others.get(counter);
        long sum = other == null ? 0 : other.getAsLong();
        for (LoopCounters loop : loops) {
            sum += loop.get(counter);
        }
        return sum;
    }
}
