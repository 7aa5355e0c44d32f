package org.strowger.proxy.balancing;

import java.time.Duration;

/** Where a call that a picker has counted is written down, so that its end takes it off again. Any event loop calls. */
@FunctionalInterface
public interface CallRegister {
    /** Nobody keeps books: a call counts until the process ends. For tests and benchmarks of pickers. */
    CallRegister NONE = (callId, load) -> {};

    /**
     * Takes over a call that {@code load} has counted. If that call is known already, it is counted off again.
     *
     * @param callId the hash of its Call-ID
     */
    void begin(long callId, BackendLoad load);

    /** Counts off a call that has begun there a moment ago and goes elsewhere. */
    default void giveBack(long callId, BackendLoad load) {}

    /** How long an answered call without a session timer is kept from now on; by the control loop. */
    default void keepWithoutTimer(Duration time) {}

    /** Its clock: seconds since the beginning. */
    default int nowSeconds() {
        return 0;
    }
}
