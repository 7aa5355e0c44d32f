package org.strowger.health.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.strowger.health.ProbePace;
import org.strowger.health.ProbeResult;
import org.strowger.health.ProbeVerdict;

/** When a probe is sent, sent again and given up, on a clock that the test moves. */
class ProberTest {
    private static final ProbeAnswer OK = new ProbeAnswer(200, "OK", "", Optional.empty());
    private static final ProbeSettings STEADY = settings(0, 200);
    private static final ProbeSettings PATIENT = settings(0, 1500);

    private final MockTicker ticker = Ticker.newMockTicker();
    private final EmbeddedChannel channel =
            EmbeddedChannel.builder().ticker(ticker).build();
    private final List<ProbeResult> results = new ArrayList<>();
    private final Question question = new Question();
    private Prober prober = prober(STEADY);

    private static ProbeSettings settings(double jitter, int firstTimeoutMillis) {
        return new ProbeSettings(
                new ProbeMethod.Options(),
                Duration.ofMillis(250),
                Duration.ofMillis(100),
                Duration.ofSeconds(1),
                Duration.ofMillis(200),
                Duration.ofMillis(firstTimeoutMillis),
                jitter,
                ExpectedCodes.SIP_DEFAULT);
    }

    /** Of a backend of which something is known. */
    private Prober prober(ProbeSettings settings) {
        Prober made = proberOfAStranger(settings);
        made.setPace(ProbePace.NORMAL);
        return made;
    }

    private Prober proberOfAStranger(ProbeSettings settings) {
        return new Prober(
                settings, (result, load) -> results.add(result), channel.eventLoop(), ticker, new Random(1), sink -> {
                    question.sink = sink;
                    return question;
                });
    }

    @Test
    void anAnswerEndsTheProbeAndTheNextFollowsAfterTheInterval() {
        prober.start(Duration.ofMillis(40));
        pass(39);
        assertThat(question.begun).isZero();
        pass(1);
        assertThat(question.begun).isEqualTo(1);
        pass(3);
        question.sink.answered(OK);
        assertThat(results)
                .containsExactly(new ProbeResult(
                        ProbeVerdict.PASSED,
                        Duration.ofMillis(3).toNanos(),
                        "OPTIONS to somebody: 200 OK after 3.0 ms"));
        pass(246);
        assertThat(question.begun).isEqualTo(1);
        pass(1);
        assertThat(question.begun).isEqualTo(2);
    }

    @Test
    void aQuestionWithoutAnAnswerIsPutTwiceAndThenGivenUp() {
        prober.start(Duration.ZERO);
        pass(0);
        pass(79);
        assertThat(question.repeated).isZero();
        pass(1);
        assertThat(question.repeated).isEqualTo(1);
        pass(119);
        assertThat(results).isEmpty();
        question.noise = "what came is not SIP: x";
        pass(1);
        assertThat(question.abandoned).isEqualTo(1);
        assertThat(results)
                .containsExactly(
                        new ProbeResult(
                                ProbeVerdict.FAILED,
                                -1,
                                "OPTIONS to somebody: no answer within 200 ms; what came is not SIP: x after 200.0 ms, sent twice"));
    }

    @Test
    void aQuestionThatCannotBeLostIsPutOnce() {
        question.isDatagram = false;
        prober = prober(PATIENT);
        prober.start(Duration.ZERO);
        pass(0);
        passInSteps(1500);
        assertThat(question.repeated).isZero();
        assertThat(results)
                .singleElement()
                .extracting(ProbeResult::evidence)
                .asString()
                .contains("no answer within 1500 ms")
                .doesNotContain("sent");
    }

    @Test
    void anAnswerToTheSecondDatagramPasses() {
        prober.start(Duration.ZERO);
        pass(0);
        pass(90);
        question.sink.answered(OK);
        assertThat(results).extracting(ProbeResult::verdict).containsExactly(ProbeVerdict.PASSED);
        assertThat(results.get(0).evidence()).endsWith("sent twice");
        assertThat(question.abandoned).isZero();
    }

    @Test
    void aPauseOfOurOwnLeavesTimeForTheSecondDatagram() {
        prober.start(Duration.ZERO);
        pass(0);
        pass(5000);
        assertThat(question.repeated).isEqualTo(1);
        assertThat(results).isEmpty();
        pass(119);
        assertThat(results).isEmpty();
        pass(1);
        assertThat(results).hasSize(1);
    }

    @Test
    void aTimeOutThatIsLateIsNoEvidence() {
        prober.start(Duration.ZERO);
        pass(0);
        pass(80);
        pass(151);
        assertThat(results).isEmpty();
        assertThat(question.repeated).isEqualTo(2);
        pass(3);
        question.sink.answered(OK);
        assertThat(results)
                .singleElement()
                .extracting(ProbeResult::evidence)
                .isEqualTo("OPTIONS to somebody: 200 OK after 234.0 ms, sent 3 times, our own pauses: 1");
    }

    @Test
    void whoIsLateByLittleOrAlwaysJudgesAllTheSame() {
        prober.start(Duration.ZERO);
        pass(0);
        pass(80);
        pass(149);
        assertThat(results).hasSize(1);
        pass(1000);
        int before = question.repeated;
        for (int i = 0; i < 5 && results.size() == 1; i++) {
            pass(1000);
        }
        assertThat(question.repeated - before).as("late each time").isEqualTo(4);
        assertThat(results.get(1).evidence()).endsWith("sent 5 times, our own pauses: 3");
    }

    @Test
    void theFirstQuestionHasTimeAndIsPutAgainAllTheWhile() {
        prober = prober(PATIENT);
        prober.start(Duration.ZERO);
        pass(0);
        for (int i = 0; i < 150; i++) {
            assertThat(results).isEmpty();
            assertThat(question.begun).isEqualTo(1);
            pass(10);
        }
        // After 80, 200, 320, ... ms: no oftener than three probes would have been put one after the other.
        assertThat(question.repeated).isEqualTo(12);
        assertThat(results)
                .singleElement()
                .extracting(ProbeResult::evidence)
                .isEqualTo("OPTIONS to somebody: no answer within 1500 ms after 1500.0 ms, sent 13 times");
        prober.setPace(ProbePace.DOWN);
        pass(0);
        assertThat(question.begun).isEqualTo(2);
        pass(80);
        pass(120);
        assertThat(results).as("the second one has the ordinary time").hasSize(2);
    }

    @Test
    void aFirstAnswerThatIsLateCountsAndSoDoesOneThatIsCertainBefore() {
        prober = prober(PATIENT);
        prober.start(Duration.ZERO);
        pass(0);
        passInSteps(600);
        question.sink.answered(OK);
        assertThat(results).extracting(ProbeResult::verdict).containsExactly(ProbeVerdict.PASSED);
        pass(100);
        question.sink.refused("ICMP port unreachable");
        assertThat(results).extracting(ProbeResult::isRefused).containsExactly(false, true);
    }

    @Test
    void asLongAsNothingIsKnownEachQuestionHasTime() {
        prober = proberOfAStranger(PATIENT);
        prober.start(Duration.ZERO);
        pass(0);
        question.sink.answered(new ProbeAnswer(500, "Starting", "", Optional.empty()));
        pass(100);
        assertThat(question.begun).as("a hundred ms later").isEqualTo(2);
        passInSteps(1490);
        assertThat(results).hasSize(1);
        pass(10);
        assertThat(results).hasSize(2);
    }

    @Test
    void onlyTimeInWhichWeWereAwakeIsTakenFromTheFirstQuestion() {
        prober = prober(PATIENT);
        prober.start(Duration.ZERO);
        pass(0);
        pass(80 + 1400);
        assertThat(results).isEmpty();
        for (int i = 0; i < 141; i++) {
            pass(10);
            assertThat(results).isEmpty();
        }
        pass(10);
        assertThat(results).hasSize(1);
    }

    @Test
    void aFailureThatIsKnownEndsTheProbeAtOnce() {
        prober.start(Duration.ZERO);
        pass(0);
        question.sink.failed("ICMP port unreachable");
        assertThat(results)
                .containsExactly(new ProbeResult(
                        ProbeVerdict.FAILED, -1, "OPTIONS to somebody: ICMP port unreachable after 0.0 ms"));
    }

    @Test
    void anUnexpectedAnswerFailsWithItsRoundTripTime() {
        prober.start(Duration.ZERO);
        pass(0);
        pass(2);
        question.sink.answered(new ProbeAnswer(500, "Oops", "", Optional.empty()));
        assertThat(results.get(0).verdict()).isEqualTo(ProbeVerdict.FAILED);
        assertThat(results.get(0).rttNanos()).isEqualTo(2_000_000);
    }

    @Test
    void thePaceSetsTheInterval() {
        prober.start(Duration.ZERO);
        pass(0);
        question.sink.answered(OK);
        prober.setPace(ProbePace.FAST);
        pass(99);
        assertThat(question.begun).isEqualTo(1);
        pass(1);
        assertThat(question.begun).isEqualTo(2);
        prober.setPace(ProbePace.DOWN);
        question.sink.answered(OK);
        pass(999);
        assertThat(question.begun).isEqualTo(2);
        pass(1);
        assertThat(question.begun).isEqualTo(3);
    }

    @Test
    void anUrgentProbeDoesNotWaitButKeepsASmallDistance() {
        prober.start(Duration.ZERO);
        pass(0);
        question.sink.answered(OK);
        prober.probeNow();
        pass(9);
        assertThat(question.begun).isEqualTo(1);
        pass(1);
        assertThat(question.begun).isEqualTo(2);
        question.sink.answered(OK);
        pass(100);
        assertThat(question.begun).isEqualTo(2);
        question.sink.disturbed();
        pass(0);
        assertThat(question.begun).isEqualTo(3);
    }

    @Test
    void anUrgentProbeRepeatsTheQuestionThatIsOpen() {
        prober.start(Duration.ZERO);
        pass(0);
        pass(10);
        prober.probeNow();
        prober.probeNow();
        assertThat(question.repeated).isEqualTo(1);
        pass(119);
        assertThat(results).isEmpty();
        pass(1);
        assertThat(results).hasSize(1);
    }

    @Test
    void nothingIsAskedAfterTheEnd() {
        prober.start(Duration.ZERO);
        pass(0);
        prober.close();
        question.sink.answered(OK);
        prober.probeNow();
        pass(10_000);
        assertThat(question.begun).isEqualTo(1);
        assertThat(question.closed).isTrue();
        assertThat(results).isEmpty();
    }

    @Test
    void jitterSpreadsTheIntervalsAroundTheirMiddle() {
        prober = prober(settings(0.2, 200));
        prober.start(Duration.ZERO);
        pass(0);
        long sumNanos = 0;
        for (int i = 0; i < 300; i++) {
            long begun = prober.figures().lastSentNanos();
            question.sink.answered(OK);
            long waitNanos = prober.figures().nextDueNanos() - begun;
            assertThat(waitNanos).isBetween(200_000_000L, 305_000_000L);
            sumNanos += waitNanos;
            pass(310);
        }
        // Mean 250 ms and half a grid step; standard error 250 * 0.4 / sqrt(12) / sqrt(300) = 1.7 ms, five of them.
        assertThat(sumNanos / 300).isBetween(244_000_000L, 261_000_000L);
    }

    @Test
    void theFiguresSayWhatWasSentAndWhatIsDue() {
        prober.start(Duration.ofMillis(100));
        long startNanos = ticker.nanoTime();
        assertThat(prober.figures().nextDueNanos() - startNanos).isEqualTo(100_000_000);
        pass(100);
        pass(7);
        question.sink.answered(OK);
        ProbeFigures figures = prober.figures();
        assertThat(figures.sent()).isEqualTo(1);
        assertThat(figures.passed()).isEqualTo(1);
        assertThat(figures.rttNanosSum()).isEqualTo(7_000_000);
        assertThat(figures.lastSentNanos() - startNanos).isEqualTo(100_000_000);
        assertThat(figures.nextDueNanos() - startNanos).isEqualTo(350_000_000);
        assertThat(figures.last()).isEqualTo(Optional.of(results.get(0)));
    }

    private void pass(long millis) {
        ticker.advance(millis, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        channel.runPendingTasks();
    }

    /** As a thread sees it that is never late. */
    private void passInSteps(long millis) {
        for (long left = millis; left > 0; left -= 10) {
            pass(10);
        }
    }

    /** Counts what it is told. */
    private static final class Question implements Probe {
        private ProbeSink sink = new Deaf();
        private int begun;
        private int repeated;
        private int abandoned;
        private boolean closed;
        private String noise = "";
        private boolean isDatagram = true;

        @Override
        public boolean mayBeLost() {
            return isDatagram;
        }

        @Override
        public void begin() {
            begun++;
        }

        @Override
        public void repeat() {
            repeated++;
        }

        @Override
        public void abandon() {
            abandoned++;
        }

        @Override
        public String question() {
            return "OPTIONS to somebody";
        }

        @Override
        public String noise() {
            return noise;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    /** Stands where no sink is yet. */
    private static final class Deaf implements ProbeSink {

        @Override
        public void answered(ProbeAnswer answer) {}

        @Override
        public void succeeded(String what) {}

        @Override
        public void failed(String what) {}

        @Override
        public void disturbed() {}
    }
}
