package org.strowger.proxy.spreading;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** How long calls are remembered, and how often strangers are taken for them. */
class RecentCallsTest {
    private final MockTicker ticker = Ticker.newMockTicker();
    private final SplittableRandom random = new SplittableRandom(7);
    private final RecentCalls calls = new RecentCalls(ticker);

    @Test
    void aCallIsRememberedForFiveMinutesAtLeastAndTenAtMost() {
        passWithCalls(200);
        calls.add(1234567);
        passWithCalls(299);
        assertThat(calls.contains(1234567)).isTrue();
        passWithCalls(400);
        assertThat(calls.contains(1234567)).isFalse();
    }

    @Test
    void aCallThatGoesOnIsRememberedAsLong() {
        for (int i = 0; i < 60; i++) {
            calls.add(1234567);
            passWithCalls(60);
            assertThat(calls.contains(1234567)).isTrue();
        }
    }

    @Test
    void strangersAreRarelyTakenForKnownEvenWhenFull() {
        long[] known = randomly(2 * RecentCalls.MAX_CALLS);
        LongStream.of(known).forEach(calls::add);
        LongStream youngest = LongStream.of(known).skip(RecentCalls.MAX_CALLS);
        assertThat(youngest.allMatch(calls::contains)).isTrue();
        long mistaken = LongStream.of(randomly(100_000)).filter(calls::contains).count();
        assertThat(mistaken).isLessThan(7_000);
    }

    /** A hundred calls a second for so long. */
    private void passWithCalls(int seconds) {
        IntStream.range(0, 100 * seconds).forEach(i -> {
            ticker.advance(10, TimeUnit.MILLISECONDS);
            calls.add(random.nextLong());
        });
    }

    private long[] randomly(int count) {
        return random.longs(count).toArray();
    }
}
