package org.strowger.proxy.admin;

import java.util.List;

/**
 * A pool as operators see it.
 *
 * @param name its name in the configuration
 * @param balance its policy as written in the configuration, for example {@code call-id}
 * @param backends its members
 */
public record PoolView(String name, String balance, List<BackendView> backends) {

    public PoolView {
        backends = List.copyOf(backends);
    }
}
