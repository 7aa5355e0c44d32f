package org.strowger.proxy.balancing;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.util.ArrayDeque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * {@code least-calls} evens out calls in progress.
 *
 * <p>The tolerance: with d choices the fullest of n bins is log log n / log d + O(1) above the average however many balls there
 * are (Berenbrink, Czumaj, Steger, Voecking: Balanced Allocations, the Heavily Loaded Case, 2000), which for d = 4 and ten bins is
 * 0.6 and a small constant, here 3 at most. Between two picks of a backend calls end at random, and a backend that is below the
 * others wins nearly all its draws, d times its fair share of the picks: it gains d - 1 calls while each of the others loses
 * one. 5 % of 167 calls are 8: more than double of both together.
 */
class LeastCallsSimulationTest {
    private static final int BACKENDS = 10;

    private final MockTicker ticker = Ticker.newMockTicker();
    private final BackendLoads loads = new BackendLoads();
    private final SplittableRandom random = new SplittableRandom(20261123);

    private record End(double at, BackendLoad load) {}

    private Picker picker(List<Member> members) {
        return new BalancingPolicy.LeastCalls()
                .pickers(BalancingSettings.DEFAULT, new Measurements(loads, CallRegister.NONE, ticker, 42))
                .build(members);
    }

    private BackendLoad load(Member member) {
        return loads.of(member.backend().id());
    }

    /** Pareto with shape 1.5, whose variance is infinite, and mean 20 s. */
    private double holdSeconds() {
        return 20.0 / 3 * Math.pow(1 - random.nextDouble(), -1 / 1.5);
    }

    /** 100 calls a second for 300 s; looked at after every call from 100 s on. */
    private void simulate(List<Member> members) {
        Picker picker = picker(members);
        double weights = members.stream().mapToInt(m -> m.backend().weight()).sum();
        PriorityQueue<End> ends = new PriorityQueue<>((a, b) -> Double.compare(a.at, b.at));
        double now = 0;
        while (now < 300) {
            now += -Math.log(1 - random.nextDouble()) / 100;
            while (!ends.isEmpty() && ends.peek().at < now) {
                ends.remove().load.callEnded();
            }
            int choice = picker.pickCall(random.nextLong(), random.nextLong());
            assertThat(Picker.mustRemember(choice)).isTrue();
            ends.add(new End(now + holdSeconds(), load(members.get(Picker.index(choice)))));
            if (now > 100) {
                for (Member member : members) {
                    double even = ends.size() * member.backend().weight() / weights;
                    assertThat((double) load(member).calls()).isBetween(0.95 * even, 1.05 * even);
                }
            }
        }
    }

    @Test
    void callsInProgressAreEvenWithHeavyTailedHoldTimes() {
        simulate(Pools.equal(BACKENDS));
    }

    @Test
    void callsInProgressGoByWeight() {
        simulate(Pools.weighted(2, 3, 4, 5));
    }

    /** Two loops, each of which ends the calls that it began, pick as fast as they can. */
    @Test
    void callsInProgressAreEvenWithTwoLoops() throws InterruptedException {
        List<Member> members = Pools.equal(BACKENDS);
        Picker picker = picker(members);
        Thread[] threads = new Thread[2];
        AtomicInteger held = new AtomicInteger();
        for (int t = 0; t < threads.length; t++) {
            SplittableRandom own = random.split();
            threads[t] = new Thread(() -> {
                ArrayDeque<BackendLoad> calls = new ArrayDeque<>();
                for (int i = 0; i < 100_000; i++) {
                    calls.add(load(members.get(Picker.index(picker.pickCall(own.nextLong(), 0)))));
                    if (calls.size() > 1000) {
                        BackendLoad ended = own.nextBoolean() ? calls.removeFirst() : calls.removeLast();
                        ended.callEnded();
                    }
                }
                held.addAndGet(calls.size());
            });
            threads[t].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(members.stream().mapToInt(m -> load(m).calls()).sum()).isEqualTo(held.get());
        for (Member member : members) {
            assertThat((double) load(member).calls()).isBetween(0.95 * 200, 1.05 * 200);
        }
    }
}
