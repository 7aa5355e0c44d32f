package org.strowger.proxy.balancing;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * {@code latency} avoids slow backends and tries them again.
 *
 * <p>The tolerance: a backend's score is latency x (requests waiting + 1). In balance the scores are equal, and by Little's law
 * requests waiting are rate x latency: with many waiting, rate goes by 1 / latency squared, a hundredth of a fast one's for ten
 * times the latency; with few, the slow one is used when the fast ones have ten waiting, or when its average has decayed to theirs, which
 * takes log2(10) half-lives, 33 s. At 50 requests a second both are far below the bar of 10 %.
 */
class LatencySimulationTest {
    private final MockTicker ticker = Ticker.newMockTicker();
    private final BackendLoads loads = new BackendLoads();
    private final SplittableRandom random = new SplittableRandom(20261123);
    private final PriorityQueue<Answer> answers = new PriorityQueue<>((a, b) -> Long.compare(a.at, b.at));
    private long nowNanos;

    private record Answer(long at, long after, BackendLoad load) {}

    private void until(long nanos) {
        while (!answers.isEmpty() && answers.peek().at <= nanos) {
            Answer answer = answers.remove();
            ticker.advance(answer.at - nowNanos, TimeUnit.NANOSECONDS);
            nowNanos = answer.at;
            answer.load.answered(answer.after, ticker.nanoTime());
            answer.load.requestEnded();
        }
        ticker.advance(nanos - nowNanos, TimeUnit.NANOSECONDS);
        nowNanos = nanos;
    }

    /** The share of the first of these members, whose latency is given in ms; the others' is 20 ms, all exponential. */
    private double share(Picker picker, List<Member> members, double perSecond, int seconds, double firstMillis) {
        long end = nowNanos + TimeUnit.SECONDS.toNanos(seconds);
        int all = 0;
        int first = 0;
        while (nowNanos < end) {
            until(nowNanos + (long) (-Math.log(1 - random.nextDouble()) / perSecond * 1e9));
            int chosen = Picker.index(picker.pick(random.nextLong()));
            BackendLoad load = loads.of(members.get(chosen).backend().id());
            load.requestBegan();
            double mean = chosen == 0 ? firstMillis : 20;
            long after = (long) (-Math.log(1 - random.nextDouble()) * mean * 1e6);
            answers.add(new Answer(nowNanos + after, after, load));
            all++;
            first += chosen == 0 ? 1 : 0;
        }
        return (double) first / all;
    }

    private Picker picker(List<Member> members) {
        return new BalancingPolicy.Latency()
                .pickers(BalancingSettings.DEFAULT, new Measurements(loads, CallRegister.NONE, ticker, 42))
                .build(members);
    }

    @Test
    void aBackendTenTimesSlowerGetsLessThanATenth() {
        for (int size : new int[] {2, 5}) {
            List<Member> members = Pools.equal(size);
            Picker picker = picker(members);
            share(picker, members, 50, 10, 200);
            assertThat(share(picker, members, 50, 300, 200)).as("of %d", size).isLessThan(0.1);
        }
    }

    @Test
    void itGetsLessThanATenthOfMuchTrafficToo() {
        List<Member> members = Pools.equal(2);
        Picker picker = picker(members);
        share(picker, members, 2000, 2, 200);
        assertThat(share(picker, members, 2000, 30, 200)).isBetween(1e-4, 0.1);
    }

    /** Among five equal ones each gets a fifth; the peaks of an exponential latency make it uneven for a while. */
    @Test
    void aSlowBackendIsTriedAgainAndTakenBack() {
        List<Member> members = Pools.equal(5);
        Picker picker = picker(members);
        share(picker, members, 50, 60, 2000);
        double slow = share(picker, members, 50, 120, 2000);
        assertThat(slow).as("tried now and then").isBetween(1e-4, 0.05);
        share(picker, members, 50, 120, 20);
        assertThat(share(picker, members, 50, 300, 20)).isBetween(0.1, 0.3);
    }

    @Test
    void aProbeSpeaksForABackendWithoutTraffic() {
        List<Member> members = Pools.equal(2);
        Picker picker = picker(members);
        loads.of(members.get(0).backend().id()).probeAnswered(80_000_000, ticker.nanoTime());
        loads.of(members.get(1).backend().id()).probeAnswered(2_000_000, ticker.nanoTime());
        for (int i = 0; i < 1000; i++) {
            assertThat(Picker.index(picker.pick(random.nextLong()))).isEqualTo(1);
        }
    }

    @Test
    void averagesRiseAtOnceAndFallSlowly() {
        PeakEwma average = new PeakEwma();
        long second = TimeUnit.SECONDS.toNanos(1);
        average.observe(second / 10, 100 * second);
        average.observe(second, 100 * second);
        assertThat(average.seconds(100 * second)).isEqualTo(1f);
        average.observe(second / 10, 110 * second);
        assertThat(average.seconds(110 * second)).isEqualTo(0.55f);
        assertThat(average.seconds(120 * second)).isEqualTo(0.275f);
        assertThat(average.seconds(10_000 * second)).isZero();
    }
}
