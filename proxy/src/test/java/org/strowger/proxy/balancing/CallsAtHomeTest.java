package org.strowger.proxy.balancing;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** How long calls are known, how many, and how often strangers are taken for them. */
class CallsAtHomeTest {
    private static final long CALL = 0x1234_5678_9ABC_DEF0L;

    private final MockTicker ticker = Ticker.newMockTicker();
    private final SplittableRandom random = new SplittableRandom(20261124);
    private final CallsAtHome calls = new CallsAtHome(ticker);

    @Test
    void aCallIsKnownForHalfAMinuteAtLeastAndAWholeOneAtMost() {
        pass(20, 100);
        calls.add(CALL);
        pass(31, 100);
        assertThat(calls.contains(CALL)).isTrue();
        pass(34, 100);
        assertThat(calls.contains(CALL)).isFalse();
    }

    /** The clock is looked at once in 64 calls: here long after the tables should have changed. */
    @Test
    void aQuietTimeForgetsNothingTooEarly() {
        ticker.advance(10, TimeUnit.MINUTES);
        calls.add(CALL);
        ticker.advance(31, TimeUnit.SECONDS);
        assertThat(calls.contains(CALL)).isTrue();
        ticker.advance(31, TimeUnit.SECONDS);
        assertThat(calls.contains(CALL)).isTrue();
        ticker.advance(33, TimeUnit.SECONDS);
        assertThat(calls.contains(CALL)).isFalse();
    }

    @Test
    void aCallThatComesAgainIsKnownAsLong() {
        for (int i = 0; i < 20; i++) {
            calls.add(CALL);
            pass(31, 100);
            assertThat(calls.contains(CALL)).isTrue();
        }
    }

    /** 4,000 calls a second: rows of eight places get four calls on average, and by Poisson's law 0.8 % find theirs taken. */
    @Test
    void fewAreForgottenEarlyAtFourThousandCallsASecond() {
        long[] known = random.longs(4_000 * 32).toArray();
        LongStream.of(known).forEach(calls::add);
        long forgotten = LongStream.of(known).filter(c -> !calls.contains(c)).count();
        assertThat(forgotten).isLessThan(known.length / 80);
    }

    @Test
    void ofTooManyTheYoungestAreKnown() {
        long[] known = random.longs(1_000_000).toArray();
        LongStream.of(known).forEach(calls::add);
        long forgotten = LongStream.of(known)
                .skip(known.length - 100_000)
                .filter(c -> !calls.contains(c))
                .count();
        assertThat(forgotten).isLessThan(1_000);
    }

    /** Sixteen fingerprints of 16 bits to compare with: 24 of 100,000 strangers. */
    @Test
    void strangersAreRarelyTakenForKnownEvenWhenFull() {
        random.longs(1_000_000).forEach(calls::add);
        ticker.advance(32, TimeUnit.SECONDS);
        random.longs(1_000_000).forEach(calls::add);
        long mistaken = random.longs(100_000).filter(calls::contains).count();
        assertThat(mistaken).isBetween(1L, 60L);
    }

    @Test
    void anEmptyTableKnowsNobody() {
        assertThat(calls.contains(0)).isFalse();
        assertThat(calls.contains(1L << 48)).isFalse();
        assertThat(random.longs(10_000).filter(calls::contains).count()).isZero();
    }

    /** So many calls a second, for so long. */
    private void pass(int seconds, int callsPerSecond) {
        IntStream.range(0, seconds * callsPerSecond).forEach(i -> {
            ticker.advance(TimeUnit.SECONDS.toNanos(1) / callsPerSecond, TimeUnit.NANOSECONDS);
            calls.add(random.nextLong());
        });
    }
}
