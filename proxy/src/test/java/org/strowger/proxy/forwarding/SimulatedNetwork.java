package org.strowger.proxy.forwarding;

import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** Simulated time, and a network that loses, doubles and delays. Nothing happens but in the order of its events. */
final class SimulatedNetwork {
    /** Something that happens at a time; of the same time, in the order in which it was planned. */
    private record Event(long atNanos, long number, Runnable action) {}

    final MockTicker ticker = Ticker.newMockTicker();
    final Random random;
    private final double loss;
    private final double doubled;
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::atNanos).thenComparingLong(Event::number));
    private long numbers;

    SimulatedNetwork(long seed, double loss, double doubled) {
        this.random = new Random(seed);
        this.loss = loss;
        this.doubled = doubled;
    }

    long millis() {
        return ticker.nanoTime() / 1_000_000;
    }

    void after(long millis, Runnable action) {
        events.add(new Event(ticker.nanoTime() + millis * 1_000_000, numbers++, action));
    }

    /** A datagram on its way: 1 ms to 20 ms, now and then up to 300 ms. */
    void datagram(Runnable arrives) {
        int copies = random.nextDouble() < loss ? 0 : random.nextDouble() < doubled ? 2 : 1;
        for (int i = 0; i < copies; i++) {
            after(1 + random.nextInt(random.nextInt(50) == 0 && doubled > 0 ? 300 : 20), arrives);
        }
    }

    /** Everything until nothing is planned, or until that time. */
    void run(long untilMillis) {
        for (Event next = events.peek();
                next != null && next.atNanos <= untilMillis * 1_000_000;
                next = events.peek()) {
            events.poll();
            ticker.advance(Math.max(0, next.atNanos - ticker.nanoTime()), TimeUnit.NANOSECONDS);
            next.action.run();
        }
    }
}
