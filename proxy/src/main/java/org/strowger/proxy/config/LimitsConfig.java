package org.strowger.proxy.config;

/**
 * How much one backend takes as a member of a pool.
 *
 * @param calls calls at the same time; 0: no limit
 * @param callsPerSecond calls begun within any one second; 0: no limit
 */
public record LimitsConfig(int calls, int callsPerSecond) {

    public LimitsConfig {
        Require.range("calls", calls, 0, 1_000_000);
        Require.range("callsPerSecond", callsPerSecond, 0, 100_000);
    }
}
