package org.strowger.proxy.demo;

import java.util.Map;

/**
 * What a {@link DemoCaller} has seen so far.
 *
 * @param started INVITEs of new calls sent
 * @param answered calls that got a 200
 * @param held calls that were put on hold
 * @param completed calls whose BYE was answered by a 200
 * @param failed calls that were refused, not answered, lost or badly ended
 * @param others REGISTER and OPTIONS requests answered by a 200
 * @param othersFailed those that were not
 * @param setUpP50Micros median time from INVITE to 200, in microseconds
 * @param setUpP99Micros its 99th percentile
 * @param failures how often each cause of failure occurred
 */
public record CallerReport(
        long started,
        long answered,
        long held,
        long completed,
        long failed,
        long others,
        long othersFailed,
        long setUpP50Micros,
        long setUpP99Micros,
        Map<String, Long> failures) {

    public CallerReport {
        failures = Map.copyOf(failures);
    }

    /** Calls that have begun and not ended. */
    public long inProgress() {
        return started - completed - failed;
    }

    /** True when nothing went wrong. */
    public boolean isClean() {
        return failed == 0 && othersFailed == 0;
    }
}
