package org.strowger.proxy.relay;

import java.time.Duration;
import java.util.Optional;
import org.strowger.proxy.proxyprotocol.ProxyProtocolGate;

/**
 * Settings of a TCP relay.
 *
 * @param backlog SO_BACKLOG of each listening socket
 * @param maxConnections at the same time, over all event loops
 * @param idleTimeout a connection on which nothing moves for this long is closed; zero: never
 * @param connectTimeout of each attempt
 * @param terms who has to begin with a header
 * @param tls ends TLS here, if present
 */
public record TcpRelayOptions(
        Routes routes,
        int backlog,
        int maxConnections,
        Duration idleTimeout,
        Duration connectTimeout,
        ProxyProtocolGate.Terms terms,
        Optional<Encryption> tls) {}
