package org.strowger.proxy.balancing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.strowger.health.Eligibility;

/** One ticket for all event loops. */
class RoundRobinPickerTest {
    private final RoundRobinPicker.Factory factory = new RoundRobinPicker.Factory();

    @Test
    void equalMembersNeverDifferByMoreThanOne() {
        Picker picker = factory.build(Pools.equal(7));
        int[] counts = new int[7];
        for (int i = 0; i < 1000; i++) {
            counts[Picker.index(picker.pick(0))]++;
            int[] sorted = counts.clone();
            java.util.Arrays.sort(sorted);
            assertThat(sorted[6] - sorted[0]).isLessThanOrEqualTo(1);
        }
    }

    @Test
    void severalThreadsTogetherShareExactly() throws InterruptedException {
        int members = 13;
        int threads = 4;
        int each = 130_000;
        Picker picker = factory.build(Pools.equal(members));
        AtomicIntegerArray counts = new AtomicIntegerArray(members);
        CountDownLatch start = new CountDownLatch(1);
        Thread[] running = new Thread[threads];
        for (int t = 0; t < threads; t++) {
            running[t] = new Thread(() -> {
                await(start);
                for (int i = 0; i < each; i++) {
                    counts.incrementAndGet(Picker.index(picker.pick(i)));
                }
            });
            running[t].start();
        }
        start.countDown();
        for (Thread thread : running) {
            thread.join();
        }
        for (int i = 0; i < members; i++) {
            assertThat(counts.get(i)).isEqualTo(threads * each / members);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void weightsAreExactAtTheEndOfEachSequence() {
        Picker picker = factory.build(Pools.weighted(5, 1, 0, 1));
        for (int round = 1; round < 50; round++) {
            assertThat(Pools.picks(picker, 4, 7, round)).containsExactly(5, 1, 0, 1);
        }
    }

    @Test
    void theTurnGoesOnWhenThePickerIsRebuilt() {
        List<Member> members = Pools.equal(3);
        assertThat(Picker.index(factory.build(members).pick(0))).isEqualTo(0);
        assertThat(Picker.index(factory.build(members).pick(0))).isEqualTo(1);
        assertThat(Picker.index(factory.build(members).pick(0))).isEqualTo(2);
        assertThat(Picker.index(factory.build(members).pick(0))).isEqualTo(0);
    }

    @Test
    void onlyTheLowestTierWithAMemberForNewCallsIsUsed() {
        List<Member> members = List.of(
                Pools.member(0, 1, 0, Eligibility.NONE),
                Pools.member(1, 1, 0, Eligibility.ESTABLISHED_ONLY),
                Pools.member(2, 0, 0, Eligibility.NEW_AND_ESTABLISHED),
                Pools.member(3, 1, 2, Eligibility.NEW_AND_ESTABLISHED),
                Pools.member(4, 1, 1, Eligibility.NEW_AND_ESTABLISHED),
                Pools.member(5, 1, 1, Eligibility.NEW_AND_ESTABLISHED));
        assertThat(Pools.picks(factory.build(members), 6, 10, 1)).containsExactly(0, 0, 0, 0, 5, 5);
    }

    @Test
    void nobodyIsNone() {
        Picker picker = factory.build(List.of(Pools.member(0, 1, 0, Eligibility.NONE)));
        assertThat(picker.pick(1)).isEqualTo(Picker.NONE);
        assertThat(picker.repeat(1)).isEqualTo(Picker.NONE);
        assertThat(Picker.index(Picker.NONE)).isEqualTo(Picker.NONE);
        assertThat(Picker.mustRemember(Picker.NONE)).isFalse();
    }

    @Test
    void everyChoiceMustBeRemembered() {
        Picker picker = factory.build(Pools.equal(3));
        assertThat(Picker.mustRemember(picker.pick(1))).isTrue();
    }
}
