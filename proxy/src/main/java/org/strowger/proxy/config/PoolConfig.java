package org.strowger.proxy.config;

import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import org.strowger.discovery.Backend;

/**
 * A named group of backends with one balancing policy.
 *
 * @param name unique among pools
 * @param backends in the order of the file, none of them twice; never empty
 * @param balance the policy
 * @param boundedLoad the hash policies pass over a backend that has more than this multiple of its fair share; empty: off
 * @param affinity memory of choices
 * @param path what becomes of a REGISTER that does not support Path
 * @param redispatch when a request goes on to another backend
 * @param dialogs what becomes of a request in a dialog whose backend is dead
 */
public record PoolConfig(
        String name,
        List<Backend> backends,
        Balance balance,
        OptionalDouble boundedLoad,
        AffinityConfig affinity,
        PathPolicy path,
        RedispatchConfig redispatch,
        DialogsPolicy dialogs) {

    public PoolConfig {
        backends = List.copyOf(backends);
        Require.that(!backends.isEmpty(), "backends", "none", "at least one");
        Set<String> ids = new HashSet<>();
        for (Backend backend : backends) {
            Require.that(ids.add(backend.id()), "backends", backend.id(), "each backend once");
        }
    }
}
