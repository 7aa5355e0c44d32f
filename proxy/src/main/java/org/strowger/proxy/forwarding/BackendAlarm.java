package org.strowger.proxy.forwarding;

import org.strowger.proxy.routing.Target;

/**
 * Has the control loop look at a backend at once, because something urgent happened: a transport failure, or a request
 * without a response. Called on event loops, after counting; cheap when it was raised for that backend a moment ago.
 */
@FunctionalInterface
public interface BackendAlarm {
    /** Nobody listens. */
    BackendAlarm NONE = backend -> {};

    void raise(Target backend);
}
