package org.strowger.proxy.transport;

import java.time.Duration;

/**
 * Settings of the connections to backends.
 *
 * @param connectTimeout a connection not made within this time has failed
 * @param userTimeout TCP_USER_TIMEOUT, where the system has it: sent bytes unacknowledged for this long end the flow
 * @param maxQueuedBytes bytes waiting for one connection, made or being made
 * @param firstBackoff pause after the first failure; it doubles with each further one
 * @param maxBackoff longest pause
 * @param maxConnections connections of one event loop at the same time
 */
public record BackendConnectionOptions(
        Duration connectTimeout,
        Duration userTimeout,
        int maxQueuedBytes,
        Duration firstBackoff,
        Duration maxBackoff,
        int maxConnections) {

    public BackendConnectionOptions {
        StreamOptions.requireNotNegative("connectTimeout", connectTimeout);
        StreamOptions.requireNotNegative("userTimeout", userTimeout);
        StreamOptions.requirePositive("maxQueuedBytes", maxQueuedBytes);
        StreamOptions.requireNotNegative("firstBackoff", firstBackoff);
        StreamOptions.requireNotNegative("maxBackoff", maxBackoff);
        StreamOptions.requirePositive("maxConnections", maxConnections);
        if (connectTimeout.isZero()) {
            throw new IllegalArgumentException("connectTimeout: " + connectTimeout + " (expected: more than 0)");
        }
        if (firstBackoff.compareTo(maxBackoff) > 0) {
            throw new IllegalArgumentException(
                    "firstBackoff: " + firstBackoff + " (expected: at most maxBackoff, " + maxBackoff + ")");
        }
    }
}
