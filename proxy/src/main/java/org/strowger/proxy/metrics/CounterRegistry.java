package org.strowger.proxy.metrics;

import java.util.List;
import java.util.stream.IntStream;
import org.strowger.threading.RunsOn;

/** The counters of all event loops, and their sums. */
@RunsOn(RunsOn.Runner.ANY)
public final class CounterRegistry {
    private final List<LoopCounters> loops;

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

    public int eventLoops() {
        return loops.size();
    }

    /** The sum over all loops. Not an atomic picture: the loops count on while they are read. */
    public long sum(Counter counter) {
        long sum = 0;
        for (LoopCounters loop : loops) {
            sum += loop.get(counter);
        }
        return sum;
    }
}
