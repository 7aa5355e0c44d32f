package org.strowger.proxy.calls;

import org.strowger.threading.RunsOn;

/** Call and backend as one hash: what a lease is found by. A spiral, one call through two backends, has two. */
@RunsOn(RunsOn.Runner.ANY)
class CallKey {
    /** Never changes in a key that is in the table. */
    private long hash;

    CallKey(long hash) {
        this.hash = hash;
    }

    /** The hash of a call at a backend. */
    static long of(long callId, long backendIdentity) {
        return (callId ^ backendIdentity * 0x9E37_79B9_7F4A_7C15L) * 0xD6E8_FEB8_6659_FD93L;
    }

    /** Makes another key of it; only for keys that look up. */
    final void set(long other) {
        hash = other;
    }

    final long hash() {
        return hash;
    }

    @Override
    public final boolean equals(Object other) {
        return other instanceof CallKey key && key.hash == hash;
    }

    @Override
    public final int hashCode() {
        return (int) (hash >>> 32);
    }
}
