package org.strowger.proxy.balancing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Hashing with bounds: no backend above its bound, however hot a key. */
class BoundedLoadTest {
    private final MockTicker ticker = Ticker.newMockTicker();
    private final MaglevPicker.Factory factory = new MaglevPicker.Factory(BoundedLoad.DEFAULT, ticker);

    /** One key has half of the traffic: its backend would have more than half, the bound for five is a quarter. */
    @Test
    void aHotKeyNeverTakesABackendAboveItsBound() {
        simulate(Pools.equal(5));
    }

    @Test
    void theBoundGoesByWeight() {
        simulate(Pools.weighted(1, 2, 3, 4, 10));
    }

    /**
     * 40,000 picks at 1,000 per second. The invariant: after each pick the chosen backend has at most factor x fair share of
     * all recent picks + 1 (0.1 % for the rounding of floats), unless its fair share is too small to be judged.
     */
    private void simulate(List<Member> members) {
        Picker picker = factory.build(members);
        SplittableRandom random = new SplittableRandom(20261123);
        double weights = members.stream().mapToInt(m -> m.backend().weight()).sum();
        int overrides = 0;
        for (int i = 0; i < 40_000; i++) {
            ticker.advance(1, TimeUnit.MILLISECONDS);
            long key = random.nextBoolean() ? 42 : random.nextLong();
            int choice = picker.pick(key);
            overrides += Picker.mustRemember(choice) ? 1 : 0;
            double total = 0;
            for (Member member : members) {
                total += factory.recentPicks(member.backend().id());
            }
            Member chosen = members.get(Picker.index(choice));
            double fair = total * chosen.backend().weight() / weights;
            if (fair >= BoundedLoad.DEFAULT.leastMeaningfulShare()) {
                assertThat((double) factory.recentPicks(chosen.backend().id()))
                        .isLessThanOrEqualTo((1.25 * fair + 1) * 1.001);
            }
        }
        assertThat(overrides).isGreaterThan(1000);
        assertThat(picker.repeat(42)).isEqualTo(Picker.index(picker.repeat(42)));
    }

    /** Keys without a hot one exceed the bound by chance only: three standard deviations, so about 1 in 1,000. */
    @Test
    void evenTrafficIsHardlyEverOverridden() {
        Picker picker = factory.build(Pools.equal(5));
        SplittableRandom random = new SplittableRandom(9);
        int overrides = 0;
        for (int i = 0; i < 40_000; i++) {
            ticker.advance(20, TimeUnit.MILLISECONDS);
            overrides += Picker.mustRemember(picker.pick(random.nextLong())) ? 1 : 0;
        }
        assertThat(overrides).isLessThan(200);
    }

    @Test
    void littleTrafficIsNeverOverridden() {
        Picker picker = factory.build(Pools.equal(5));
        int natural = picker.repeat(42);
        for (int i = 0; i < 300; i++) {
            assertThat(picker.pick(42)).isEqualTo(natural);
        }
    }

    @Test
    void loadIsForgottenWithTimeAndKeptOverARebuild() {
        List<Member> members = Pools.equal(3);
        Picker picker = factory.build(members);
        while (!Picker.mustRemember(picker.pick(42))) {
            // fill the hot key's backend
        }
        assertThat(Picker.mustRemember(factory.build(members).pick(42))).isTrue();
        ticker.advance(5, TimeUnit.MINUTES);
        assertThat(Picker.mustRemember(factory.build(members).pick(42))).isFalse();
    }

    /** The retransmission counts where it goes, not where it would have been diverted. */
    @Test
    void whatStaysCountsAtHome() {
        List<Member> members = Pools.equal(3);
        Picker picker = factory.build(members);
        int choice = picker.pick(42);
        while (!Picker.isDiverted(choice)) {
            choice = picker.pick(42);
        }
        int home = picker.repeat(42);
        String homeId = members.get(home).backend().id();
        String otherId = members.get(Picker.index(choice)).backend().id();
        float atHome = factory.recentPicks(homeId);
        assertThat(factory.recentPicks(otherId)).isEqualTo(1f);
        assertThat(picker.stay(42, choice)).isEqualTo(home);
        assertThat(factory.recentPicks(otherId)).isZero();
        assertThat(factory.recentPicks(homeId)).isEqualTo(atHome + 1);
    }

    @Test
    void recentLoadHalvesInAHalfLife() {
        Decay decay = new Decay(Duration.ofSeconds(10));
        RecentLoad load = new RecentLoad();
        load.add(100, decay.tick(0));
        assertThat(load.at(decay.tick(Duration.ofSeconds(10).toNanos()))).isEqualTo(50f);
        load.add(30, decay.tick(Duration.ofSeconds(10).toNanos()));
        assertThat(load.at(decay.tick(Duration.ofSeconds(20).toNanos()))).isEqualTo(40f);
        assertThat(load.at(decay.tick(Duration.ofHours(1).toNanos()))).isZero();
        assertThat(load.at(decay.tick(0))).as("time seen to run backwards").isEqualTo(80f);
    }

    @Test
    void additionsOfSeveralThreadsAreNotLost() throws InterruptedException {
        RecentLoad load = new RecentLoad();
        Thread[] threads = new Thread[3];
        for (int t = 0; t < threads.length; t++) {
            threads[t] = new Thread(() -> {
                for (int i = 0; i < 50_000; i++) {
                    load.add(1, 5);
                }
            });
            threads[t].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(load.at(5)).isEqualTo(150_000f);
    }

    @Test
    void aFactorOfOneIsRefused() {
        assertThatThrownBy(() -> new BoundedLoad(1, Duration.ofSeconds(1)))
                .hasMessage("factor: 1.0 (expected: more than 1)");
        assertThatThrownBy(() -> new BoundedLoad(2, Duration.ofMillis(1)))
                .hasMessage("halfLife: PT0.001S (expected: 100 ms..1 h)");
    }
}
