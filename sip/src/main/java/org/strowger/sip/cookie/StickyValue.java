package org.strowger.sip.cookie;

import org.strowger.threading.RunsOn;

/** What a cookie of HTTP says: which backend its client had. Mutable, reused. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class StickyValue {
    private long backend;

    /** The backend's identity, 48 bits. */
    public void set(long identity) {
        backend = identity;
    }

    public long backend() {
        return backend;
    }
}
