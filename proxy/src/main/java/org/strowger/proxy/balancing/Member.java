package org.strowger.proxy.balancing;

import org.strowger.discovery.Backend;
import org.strowger.health.Eligibility;

/** A backend in a pool's list, with what may be sent to it at the moment. */
public record Member(Backend backend, Eligibility eligibility) {

    /** True when new calls may go to it: eligible, and its weight is not 0. */
    public boolean takesNewCalls() {
        return eligibility == Eligibility.NEW_AND_ESTABLISHED && backend.weight() > 0;
    }
}
