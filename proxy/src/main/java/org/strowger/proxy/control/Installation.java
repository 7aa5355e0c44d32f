package org.strowger.proxy.control;

import java.io.IOException;
import java.util.List;
import org.strowger.discovery.Backend;
import org.strowger.proxy.config.StrowgerConfig;

/** The part of the running proxy that the {@link ControlDesk} moves. Called on the control loop. */
public interface Installation {

    /**
     * Puts that in force, all at once: opens what has to be opened first, publishes, then closes what nobody needs.
     *
     * @param config in force from now on
     * @param pools the members of its pools, in the same order
     * @param leaving backends that get no new calls and keep their dialogs
     * @throws IOException when something cannot be opened; nothing has changed then
     */
    void install(StrowgerConfig config, List<PoolMembers> pools, List<Backend> leaving) throws IOException;

    /** The policy of a pool of that configuration as written in it. */
    String balance(StrowgerConfig config, String pool);

    /** What is open, and what is closing. */
    default List<ListenerStatus> listeners() {
        return List.of();
    }

    /** The pools of that configuration. */
    default List<PoolMembers.Configured> pools(StrowgerConfig config) {
        return config.pools().stream()
                .map(pool -> new PoolMembers.Configured(pool.name(), pool.backends()))
                .toList();
    }
}
