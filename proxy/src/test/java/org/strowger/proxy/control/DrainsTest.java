package org.strowger.proxy.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.strowger.discovery.Backend;
import org.strowger.sip.Transport;

final class DrainsTest {
    private static final Backend A = Backend.of(Transport.UDP, new InetSocketAddress("10.0.0.1", 5060));

    private final MockTicker ticker = Ticker.newMockTicker();
    private final Drains drains = new Drains(ticker);
    private long dialogs = 100;
    private final RemainingDialogs counted = backend -> OptionalLong.of(dialogs);

    @Test
    void itIsSaidOnceThatNoDialogIsLeft() {
        drains.begin("media", A, Optional.empty(), "alice");
        assertThat(drains.look(counted)).isEmpty();
        dialogs = 0;
        ticker.advance(90, TimeUnit.SECONDS);
        assertThat(drains.look(counted))
                .containsExactly(new Drains.Ending(
                        "media",
                        A.id(),
                        Drains.Ending.Kind.EMPTY,
                        "alice",
                        Optional.empty(),
                        OptionalLong.of(0),
                        Duration.ofSeconds(90)));
        assertThat(drains.look(counted)).isEmpty();
        dialogs = 1;
        assertThat(drains.look(counted)).isEmpty();
        dialogs = 0;
        assertThat(drains.look(counted)).hasSize(1);
    }

    @Test
    void aDeadlineEndsTheDrainWhateverIsLeft() {
        drains.begin("media", A, Optional.of(Duration.ofMinutes(10)), "alice");
        ticker.advance(599, TimeUnit.SECONDS);
        assertThat(drains.look(RemainingDialogs.UNKNOWN)).isEmpty();
        ticker.advance(1, TimeUnit.SECONDS);
        assertThat(drains.look(RemainingDialogs.UNKNOWN))
                .extracting(Drains.Ending::kind)
                .containsExactly(Drains.Ending.Kind.DEADLINE);
        assertThat(drains.look(RemainingDialogs.UNKNOWN)).isEmpty();
        assertThat(drains.progress("media", A.id(), counted)).isEmpty();
    }

    @Test
    void anEndSaysWhatItWasAndWhoHadAskedForTheDrain() {
        drains.begin("media", A, Optional.of(Duration.ofMinutes(5)), "alice");
        drains.begin("media", A, Optional.of(Duration.ofMinutes(10)), "bob");
        drains.begin("media", A, Optional.empty(), "carol");
        dialogs = 0;
        assertThat(drains.look(counted).get(0).text("dialogs"))
                .isEqualTo("drain ended: 0 dialogs left (asked for by bob)");
        dialogs = 3;
        ticker.advance(10, TimeUnit.MINUTES);
        assertThat(drains.look(counted).get(0).text("dialogs"))
                .isEqualTo("drain ended: deadline of 10m reached, 3 dialogs left (asked for by bob)");
    }

    @Test
    void aRepeatedDrainKeepsItsBeginAndItsDeadline() {
        drains.begin("media", A, Optional.of(Duration.ofMinutes(10)), "alice");
        ticker.advance(60, TimeUnit.SECONDS);
        drains.begin("media", A, Optional.empty(), "alice");
        DrainProgress progress = drains.progress("media", A.id(), counted).orElseThrow();
        assertThat(progress.since()).isEqualTo(Duration.ofMinutes(1));
        assertThat(progress.untilDeadline()).contains(Duration.ofMinutes(9));
        drains.begin("media", A, Optional.of(Duration.ofMinutes(1)), "alice");
        assertThat(drains.progress("media", A.id(), counted).orElseThrow().untilDeadline())
                .contains(Duration.ofMinutes(1));
    }

    @Test
    void nothingIsEstimatedBeforeACallHasEnded() {
        assertThat(Drains.estimate(10, 10, Duration.ofSeconds(5))).isEmpty();
        assertThat(Drains.estimate(10, 0, Duration.ofSeconds(5))).contains(Duration.ZERO);
        // Half of them in 60 s: T = 60 / ln 2 = 86.6 s, and 86.6 s * ln(2 * 50) = 398.6 s.
        assertThat(Drains.estimate(100, 50, Duration.ofMinutes(1))).contains(Duration.ofSeconds(399));
    }

    /** 1,000 calls of exponential length with mean 180 s: after 120 s the estimate is the mean of the maximum, about. */
    @Test
    void theEstimateIsNearTheTruthForCallsOfExponentialLength() {
        SplittableRandom random = new SplittableRandom(3);
        double[] ends = new double[1_000];
        for (int i = 0; i < ends.length; i++) {
            ends[i] = -180 * Math.log(1 - random.nextDouble());
        }
        long left = java.util.Arrays.stream(ends).filter(end -> end > 120).count();
        double last = java.util.Arrays.stream(ends).max().orElseThrow() - 120;
        double estimated = Drains.estimate(1_000, left, Duration.ofMinutes(2))
                .orElseThrow()
                .toSeconds();
        // The last of n calls ends T (ln n + 0.58) later on average, with a standard deviation of 1.28 T = 231 s.
        assertThat(estimated).isBetween(last - 3 * 231, last + 3 * 231);
    }
}
