package org.strowger.proxy.routing;

/** Where the data path reads the present {@link RoutingSnapshot}: once per message. */
@FunctionalInterface
public interface SnapshotSource {
    RoutingSnapshot current();
}
