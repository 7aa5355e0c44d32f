package org.strowger.proxy.admin;

import java.util.List;

/**
 * A pool as operators see it.
 *
 * @param name its name in the configuration
 * @param balance its policy as written in the configuration, for example {@code call-id}
 * @param backends its members
 * @param panic who is used although it should not be, because too few are left; empty otherwise
 */
public record PoolView(String name, String balance, List<BackendView> backends, String panic) {

    /** A pool without panic. */
    public PoolView(String name, String balance, List<BackendView> backends) {
        this(name, balance, backends, "");
    }

    public PoolView {
        backends = List.copyOf(backends);
    }
}
