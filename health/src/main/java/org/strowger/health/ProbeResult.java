package org.strowger.health;

/**
 * The end of one probe.
 *
 * @param rttNanos from sending to the answer, in nanoseconds; -1 when nothing came back. An answer that was not as expected
 *     is FAILED with a round-trip time: it proves that somebody is there
 * @param evidence one line for people: what was sent, and what came back
 * @param isRefused the network said that nobody is there
 */
public record ProbeResult(ProbeVerdict verdict, long rttNanos, String evidence, boolean isRefused) {
    /** Nothing came back. */
    public static final long NO_ANSWER = -1;

    public ProbeResult {
        if (rttNanos < NO_ANSWER || (rttNanos == NO_ANSWER && verdict != ProbeVerdict.FAILED)) {
            throw new IllegalArgumentException("rttNanos: " + rttNanos + " (expected: 0 or more, or -1 when failed)");
        }
    }

    public ProbeResult(ProbeVerdict verdict, long rttNanos, String evidence) {
        this(verdict, rttNanos, evidence, false);
    }

    public boolean isAnswered() {
        return rttNanos != NO_ANSWER;
    }
}
