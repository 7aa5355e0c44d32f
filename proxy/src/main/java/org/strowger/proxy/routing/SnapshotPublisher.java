package org.strowger.proxy.routing;

import org.strowger.threading.RunsOn;

/** Holds the present {@link RoutingSnapshot} in the one volatile field that the event loops read. */
@RunsOn(RunsOn.Runner.CONTROL)
public final class SnapshotPublisher implements SnapshotSource {
    /** Written by the control loop only; read by all loops. */
    private volatile RoutingSnapshot snapshot;

    public SnapshotPublisher(RoutingSnapshot first) {
        snapshot = first;
    }

    /** Messages read from now on see {@code next}. */
    public void publish(RoutingSnapshot next) {
        snapshot = next;
    }

    @Override
    public RoutingSnapshot current() {
        return snapshot;
    }
}
