package org.strowger.proxy.admin;

import java.util.List;

/** The pools as they are now. */
@FunctionalInterface
public interface BackendsView {

    /** All pools in the order of the configuration. Called on the admin thread; must not block. */
    List<PoolView> pools();
}
