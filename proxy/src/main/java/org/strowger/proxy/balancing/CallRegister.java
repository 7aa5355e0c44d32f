package org.strowger.proxy.balancing;

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
}
