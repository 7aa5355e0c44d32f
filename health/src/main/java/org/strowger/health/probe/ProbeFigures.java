package org.strowger.health.probe;

import java.util.Optional;
import org.strowger.health.ProbeResult;
import org.strowger.health.ProbeVerdict;

/**
 * What is known about the probing of one backend. Times are of the probing {@link io.netty.util.concurrent.Ticker}.
 *
 * @param sent probes begun
 * @param passed probes that passed
 * @param failed probes that failed
 * @param maintenance probes answered with a wish for maintenance
 * @param rttNanosSum of all probes that were answered
 * @param lastSentNanos when the last probe began; meaningless while {@code sent} is 0
 * @param nextDueNanos when the next probe begins
 * @param last the outcome of the last probe that is over
 */
public record ProbeFigures(
        long sent,
        long passed,
        long failed,
        long maintenance,
        long rttNanosSum,
        long lastSentNanos,
        long nextDueNanos,
        Optional<ProbeResult> last) {

    static ProbeFigures none(long nowNanos) {
        return new ProbeFigures(0, 0, 0, 0, 0, nowNanos, nowNanos, Optional.empty());
    }

    ProbeFigures begun(long nowNanos) {
        return new ProbeFigures(sent + 1, passed, failed, maintenance, rttNanosSum, nowNanos, nextDueNanos, last);
    }

    ProbeFigures ended(ProbeResult result) {
        long answered = Math.max(0, result.rttNanos());
        return new ProbeFigures(
                sent,
                passed + (result.verdict() == ProbeVerdict.PASSED ? 1 : 0),
                failed + (result.verdict() == ProbeVerdict.FAILED ? 1 : 0),
                maintenance + (result.verdict() == ProbeVerdict.MAINTENANCE ? 1 : 0),
                rttNanosSum + answered,
                lastSentNanos,
                nextDueNanos,
                Optional.of(result));
    }

    ProbeFigures due(long atNanos) {
        return new ProbeFigures(sent, passed, failed, maintenance, rttNanosSum, lastSentNanos, atNanos, last);
    }
}
