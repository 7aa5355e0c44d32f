package org.strowger.proxy.balancing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DialogSampleTest {
    private static final int HOUR = 3600;

    private final DialogSample sample = new DialogSample();
    private final SplittableRandom random = new SplittableRandom(20261123);

    @Test
    void nothingIsKnownAtFirst() {
        assertThat(sample.count(0)).isZero();
    }

    @Test
    void fewAreCountedExactly() {
        List<Long> calls = begin(400, 0);
        assertThat(sample.count(1)).isEqualTo(400);
        calls.forEach(call -> sample.add(call, 1, HOUR));
        assertThat(sample.count(1)).as("repetitions").isEqualTo(400);
        calls.subList(0, 150).forEach(call -> sample.remove(call, 2));
        assertThat(sample.count(2)).isEqualTo(250);
        calls.subList(0, 150).forEach(call -> sample.remove(call, 2));
        assertThat(sample.count(2)).as("repeated BYEs").isEqualTo(250);
    }

    /** Five times the standard error: 1.2 / sqrt(512). */
    @ParameterizedTest
    @ValueSource(ints = {2_000, 10_000, 100_000, 1_000_000})
    void manyAreCountedAbout(int many) {
        begin(many, 0);
        assertThat((double) sample.count(1)).isCloseTo(many, Percentage.withPercentage(27));
    }

    @Test
    void aDialogThatIsNeverEndedIsOverWithItsTime() {
        sample.add(random.nextLong(), 0, 100);
        long renewed = random.nextLong();
        sample.add(renewed, 0, 100);
        sample.renew(renewed, 90, 200);
        assertThat(sample.count(99)).isEqualTo(2);
        assertThat(sample.count(100)).isEqualTo(1);
        assertThat(sample.count(500)).isZero();
    }

    /** Calls from before a restart are not known; as long as they speak the backend is not empty. */
    @Test
    void whoIsNotKnownAndSpeaksCountsAsOne() {
        sample.remove(random.nextLong(), 1000);
        assertThat(sample.count(1001)).isEqualTo(1);
        assertThat(sample.count(1301)).isZero();
        sample.renew(random.nextLong(), 2000, 9000);
        assertThat(sample.count(2001)).isEqualTo(1);
    }

    @Test
    void aDrainIsFollowedDownToNothing() {
        List<Long> calls = begin(20_000, 0);
        for (int i = 0; i < calls.size(); i++) {
            sample.remove(calls.get(i), i / 100);
            if (i % 1000 == 999 && i < 15_000) {
                assertThat((double) sample.count(i / 100)).isCloseTo(19_999 - i, Percentage.withPercentage(50));
            }
        }
        assertThat(sample.count(200)).as("somebody was heard a moment ago").isEqualTo(1);
        assertThat(sample.count(600)).isZero();
    }

    /** After a busy hour the figures are exact again when those calls can have no dialog any more. */
    @Test
    void aQuietDayIsCountedExactlyAgain() {
        begin(50_000, 0).forEach(call -> sample.remove(call, 100));
        assertThat(sample.count(1000)).isZero();
        begin(300, 2000);
        assertThat((double) sample.count(2001)).as("still a small sample").isCloseTo(300, within(300.0));
        assertThat(sample.count(1000 + 2 * HOUR)).isEqualTo(300);
    }

    @Test
    void aSteadyStreamOfCallsIsFollowed() {
        ArrayDeque<Long> open = new ArrayDeque<>();
        for (int second = 0; second < 4 * HOUR; second++) {
            for (int i = 0; i < 20; i++) {
                open.add(begin(1, second).get(0));
            }
            while (open.size() > 3000) {
                sample.remove(open.remove(), second);
            }
            if (second % 600 == 599) {
                assertThat((double) sample.count(second)).isCloseTo(3000, Percentage.withPercentage(35));
            }
        }
    }

    @Test
    void loopsMayCountAtTheSameTime() throws Exception {
        ExecutorService loops = Executors.newFixedThreadPool(3);
        try {
            List<Future<?>> done = new ArrayList<>();
            for (int loop = 0; loop < 3; loop++) {
                SplittableRandom own = random.split();
                done.add(loops.submit(() -> {
                    for (int round = 0; round < 20_000; round++) {
                        long call = own.nextLong();
                        sample.add(call, 1, HOUR);
                        sample.remove(call, 1);
                    }
                }));
            }
            for (Future<?> one : done) {
                one.get(60, TimeUnit.SECONDS);
            }
        } finally {
            loops.shutdownNow();
        }
        assertThat(sample.count(1000)).isZero();
    }

    private List<Long> begin(int count, int second) {
        List<Long> calls = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long call = random.nextLong();
            calls.add(call);
            sample.add(call, second, second + 10 * HOUR);
        }
        return calls;
    }
}
