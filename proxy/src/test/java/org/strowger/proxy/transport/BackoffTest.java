package org.strowger.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** The pauses after failures. */
final class BackoffTest {

    /** Draws the lowest value each time: the longest pause. */
    private static final RandomGenerator LOWEST = () -> 0L;

    @Test
    void pausesDoubleUpToTheLongest() {
        Backoff backoff = new Backoff(100, 1000, LOWEST);
        assertThat(new long[] {
                    backoff.nextNanos(),
                    backoff.nextNanos(),
                    backoff.nextNanos(),
                    backoff.nextNanos(),
                    backoff.nextNanos()
                })
                .containsExactly(100, 200, 400, 800, 1000);
        assertThat(backoff.failures()).isEqualTo(5);
    }

    @Test
    void afterASuccessTheyBeginAnew() {
        Backoff backoff = new Backoff(100, 1000, LOWEST);
        backoff.nextNanos();
        backoff.nextNanos();
        backoff.reset();
        assertThat(backoff.failures()).isZero();
        assertThat(backoff.nextNanos()).isEqualTo(100);
    }

    @Test
    void manyFailuresDoNotOverflow() {
        Backoff backoff = new Backoff(3, Long.MAX_VALUE / 4, LOWEST);
        long last = 0;
        for (int i = 0; i < 200; i++) {
            long next = backoff.nextNanos();
            assertThat(next).isGreaterThanOrEqualTo(last);
            last = next;
        }
        assertThat(last).isEqualTo(Long.MAX_VALUE / 4);
    }

    @Test
    void everyPauseLiesInItsUpperHalf() {
        Random random = new Random(7);
        for (int i = 0; i < 1000; i++) {
            assertThat(new Backoff(1000, 1000, random).nextNanos()).isBetween(500L, 1000L);
        }
    }

    @Test
    void noPauseIsPossible() {
        assertThat(new Backoff(0, 0, LOWEST).nextNanos()).isZero();
    }
}
