package org.strowger.proxy.config;

import java.time.Duration;

/**
 * Settings of all TCP connections.
 *
 * @param backlog SO_BACKLOG of each listening socket
 * @param userTimeout TCP_USER_TIMEOUT: sent bytes unacknowledged for this long end the connection
 * @param outboundQueueBytes bytes waiting for one peer; a connection that exceeds it is closed
 * @param linger how long a peer may take to read the last answer after we ended a connection
 * @param connectTimeout a connection to a backend not made within this time has failed
 * @param firstBackoff pause after the first failure; it doubles with each further one
 * @param maxBackoff longest pause
 * @param maxBackendConnections connections of one event loop to backends at the same time
 */
public record TcpConfig(
        int backlog,
        Duration userTimeout,
        int outboundQueueBytes,
        Duration linger,
        Duration connectTimeout,
        Duration firstBackoff,
        Duration maxBackoff,
        int maxBackendConnections) {

    public TcpConfig {
        Require.range("backlog", backlog, 1, Integer.MAX_VALUE);
        Require.notNegative("userTimeout", userTimeout);
        Require.range("outboundQueueBytes", outboundQueueBytes, 1, Integer.MAX_VALUE);
        Require.notNegative("linger", linger);
        Require.that(connectTimeout.toNanos() > 0, "connectTimeout", connectTimeout, "more than 0");
        Require.notNegative("firstBackoff", firstBackoff);
        Require.that(firstBackoff.compareTo(maxBackoff) <= 0, "firstBackoff", firstBackoff, "at most " + maxBackoff);
        Require.range("maxBackendConnections", maxBackendConnections, 1, Integer.MAX_VALUE);
    }
}
