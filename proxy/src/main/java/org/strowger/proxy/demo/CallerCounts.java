package org.strowger.proxy.demo;

import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.strowger.threading.RunsOn;

/** What a {@link DemoCaller} counts on its loop and shows to any thread. */
@RunsOn(RunsOn.Runner.ANY)
final class CallerCounts {
    private static final long MAX_MICROS = 60_000_000;

    private final Histogram setUpMicros = new Histogram(MAX_MICROS, 3);
    private final Map<String, Long> failures = new TreeMap<>();
    private long started;
    private long answered;
    private long held;
    private long completed;
    private long failed;
    private long others;
    private long othersFailed;

    synchronized void onStart() {
        started++;
    }

    synchronized void onAnswer(long setUpNanos) {
        answered++;
        setUpMicros.recordValue(Math.min(setUpNanos / 1_000, MAX_MICROS));
    }

    synchronized void onHold() {
        held++;
    }

    synchronized void onComplete() {
        completed++;
    }

    synchronized void onFailure(String cause) {
        failed++;
        failures.merge(cause, 1L, Long::sum);
    }

    synchronized void onOther() {
        others++;
    }

    synchronized void onOtherFailure(String cause) {
        othersFailed++;
        failures.merge(cause, 1L, Long::sum);
    }

    synchronized CallerReport report() {
        return new CallerReport(
                started,
                answered,
                held,
                completed,
                failed,
                others,
                othersFailed,
                setUpMicros.getValueAtPercentile(50),
                setUpMicros.getValueAtPercentile(99),
                failures);
    }
}
