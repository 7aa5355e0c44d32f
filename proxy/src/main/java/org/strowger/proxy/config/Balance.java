package org.strowger.proxy.config;

/** How a pool chooses a backend for a request that no cookie decides. */
public sealed interface Balance {

    /** Smooth weighted round robin; a choice is remembered by Call-ID for the pool's affinity time. */
    record RoundRobin() implements Balance {}

    /** By Call-ID. */
    record CallId() implements Balance {}

    /** By the IP address that the request came from. */
    record SourceIp() implements Balance {}

    /** By the user that the request is for. */
    record User() implements Balance {}

    /**
     * By the value of a header field.
     *
     * @param name a token (RFC 3261 section 25.1)
     */
    record Header(String name) implements Balance {

        public Header {
            Require.that(Syntax.isToken(name), "name", name, "a token");
        }
    }

    /** Fewest calls in progress, by weight. */
    record LeastCalls() implements Balance {}

    /** Relays: fewest connections, by weight. */
    record LeastConnections() implements Balance {}

    /** Fewest requests without an answer, by weight. */
    record LeastRequests() implements Balance {}

    /** Shortest time to an answer, of two drawn by weight. */
    record Latency() implements Balance {}

    /** By what the backends say about their load. */
    record ReportedLoad() implements Balance {}

    /** True for the policies that hash a part of the request. */
    default boolean isHash() {
        return this instanceof CallId || this instanceof SourceIp || this instanceof User || this instanceof Header;
    }
}
