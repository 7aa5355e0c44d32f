package org.strowger.proxy.balancing;

/**
 * How much a backend takes as a member of a pool.
 *
 * @param calls calls at the same time; 0: no limit
 * @param callsPerSecond calls begun within any one second; 0: no limit
 */
public record Limits(int calls, int callsPerSecond) {
    /** No limit. */
    public static final Limits NONE = new Limits(0, 0);

    public Limits {
        if (calls < 0) {
            throw new IllegalArgumentException("calls: " + calls + " (expected: 0 or more)");
        }
        if (callsPerSecond < 0 || callsPerSecond > CallRate.MOST) {
            throw new IllegalArgumentException(
                    "callsPerSecond: " + callsPerSecond + " (expected: 0.." + CallRate.MOST + ")");
        }
    }

    boolean isNone() {
        return calls == 0 && callsPerSecond == 0;
    }
}
