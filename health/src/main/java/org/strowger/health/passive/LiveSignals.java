package org.strowger.health.passive;

/**
 * What live traffic showed of one backend since the last look: differences of counters.
 *
 * <p>Only requests that begin something new count, those that a picker chose the backend for. What a backend does with a BYE
 * says nothing about the next INVITE, and a trial must not be won by one. Each attempt is in exactly one of {@code answered},
 * {@code listedErrors}, {@code busy}, {@code noResponse}, {@code unreachable} and {@code connectFailed}, or in none while it
 * is open or was cancelled.
 *
 * @param answered attempts whose first response above 100 was neither in the list of errors nor a 503 with Retry-After
 * @param listedErrors attempts answered with a code of {@code passive.errors}, a 503 with Retry-After apart
 * @param noResponse attempts without a response above 100 in time
 * @param unreachable attempts that an ICMP error answered (RFC 1122 section 3.2.2.1)
 * @param connectFailed attempts for which no connection could be made
 * @param reset connections that the backend reset (RST), whatever was on them
 * @param busy attempts answered 503 with Retry-After
 * @param busySeconds the longest Retry-After among them, in seconds
 * @param silent attempts that had no response at all when they were repeated for the first time; what becomes of them is
 *     counted later
 */
public record LiveSignals(
        long answered,
        long listedErrors,
        long noResponse,
        long unreachable,
        long connectFailed,
        long reset,
        long busy,
        long busySeconds,
        long silent) {
    /** Nothing happened. */
    public static final LiveSignals NONE = new LiveSignals(0, 0, 0, 0, 0, 0, 0, 0, 0);

    public LiveSignals {
        notNegative("answered", answered);
        notNegative("listedErrors", listedErrors);
        notNegative("noResponse", noResponse);
        notNegative("unreachable", unreachable);
        notNegative("connectFailed", connectFailed);
        notNegative("reset", reset);
        notNegative("busy", busy);
        notNegative("busySeconds", busySeconds);
        notNegative("silent", silent);
    }

    public static LiveSignals answered(long count) {
        return new LiveSignals(count, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    public static LiveSignals listedErrors(long count) {
        return new LiveSignals(0, count, 0, 0, 0, 0, 0, 0, 0);
    }

    public static LiveSignals noResponse(long count) {
        return new LiveSignals(0, 0, count, 0, 0, 0, 0, 0, 0);
    }

    public static LiveSignals unreachable(long count) {
        return new LiveSignals(0, 0, 0, count, 0, 0, 0, 0, 0);
    }

    public static LiveSignals connectFailed(long count) {
        return new LiveSignals(0, 0, 0, 0, count, 0, 0, 0, 0);
    }

    public static LiveSignals reset(long count) {
        return new LiveSignals(0, 0, 0, 0, 0, count, 0, 0, 0);
    }

    public static LiveSignals busy(long count, long seconds) {
        return new LiveSignals(0, 0, 0, 0, 0, 0, count, seconds, 0);
    }

    public static LiveSignals silent(long count) {
        return new LiveSignals(0, 0, 0, 0, 0, 0, 0, 0, count);
    }

    public boolean isEmpty() {
        return equals(NONE);
    }

    /** Attempts that the backend did not serve. */
    public long failed() {
        return listedErrors + noResponse + unreachable + connectFailed;
    }

    /** Responses of any kind: somebody is there. */
    public long signsOfLife() {
        return answered + listedErrors + busy;
    }

    /** Attempts of which nobody was there to take them. */
    public long refused() {
        return unreachable + connectFailed;
    }

    private static void notNegative(String name, long count) {
        if (count < 0) {
            throw new IllegalArgumentException(name + ": " + count + " (expected: 0 or more)");
        }
    }
}
