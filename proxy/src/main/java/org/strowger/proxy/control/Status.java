package org.strowger.proxy.control;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A running proxy as its operators see it.
 *
 * @param node its name
 * @param file it was configured from; empty when there is none
 * @param startedAt when it began to serve
 * @param loadedAt when the configuration in force was read
 * @param reloads how many times the file has been put in force again
 * @param overrides what is not as in the file
 * @param leaving ids of backends that were taken out and may still have dialogs
 */
public record Status(
        String node,
        Optional<String> file,
        Instant startedAt,
        Instant loadedAt,
        long reloads,
        List<ListenerStatus> listeners,
        List<PoolStatus> pools,
        List<RuntimeOverrides.Listed> overrides,
        List<String> leaving) {

    public Status {
        listeners = List.copyOf(listeners);
        pools = List.copyOf(pools);
        overrides = List.copyOf(overrides);
        leaving = List.copyOf(leaving);
    }

    /** A pool by its name. */
    public Optional<PoolStatus> pool(String name) {
        return pools.stream().filter(pool -> pool.name().equals(name)).findFirst();
    }

    /**
     * A pool.
     *
     * @param balance its policy as written in the configuration
     */
    public record PoolStatus(String name, PoolKind kind, String balance, List<BackendStatus> backends) {

        public PoolStatus {
            backends = List.copyOf(backends);
        }

        /** Its kind as people write it. */
        public String word() {
            return kind.word();
        }

        /** A member by its id. */
        public Optional<BackendStatus> backend(String id) {
            return backends.stream()
                    .filter(member -> member.member().backend().id().equals(id))
                    .findFirst();
        }
    }

    /**
     * A member of a pool.
     *
     * @param calls given to it since the start, by all pools together: connections, flows, requests where these are begun
     * @param milliCallsPerSecond lately
     * @param dialogs it has now, or connections and so on; empty when nobody counts them
     * @param latencyNanos to its first answer, or empty when nobody measures it
     * @param drain how far its drain has come, if it is drained
     */
    public record BackendStatus(
            ManagedMember member,
            long calls,
            long milliCallsPerSecond,
            OptionalLong dialogs,
            OptionalLong latencyNanos,
            Optional<DrainProgress> drain) {}
}
