package org.strowger.proxy.transport;

import java.time.Duration;

/**
 * Settings of a stream listener and the flows it accepts.
 *
 * @param backlog SO_BACKLOG of each listening socket
 * @param maxConnections connections at the same time, over all event loops
 * @param maxQueuedBytes bytes waiting for one peer; a peer that makes us exceed it is disconnected
 * @param idleTimeout a flow without a whole message, ping or pong for this long is closed; zero: never
 * @param userTimeout TCP_USER_TIMEOUT, where the system has it
 * @param linger how long a peer may take to read the last answer after we ended a flow
 */
public record StreamOptions(
        int backlog,
        int maxConnections,
        int maxQueuedBytes,
        Duration idleTimeout,
        Duration userTimeout,
        Duration linger) {

    public StreamOptions {
        requirePositive("backlog", backlog);
        requirePositive("maxConnections", maxConnections);
        requirePositive("maxQueuedBytes", maxQueuedBytes);
        requireNotNegative("idleTimeout", idleTimeout);
        requireNotNegative("userTimeout", userTimeout);
        requireNotNegative("linger", linger);
    }

    static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: 1 or more)");
        }
    }

    static void requireNotNegative(String name, Duration value) {
        if (value.isNegative() || value.compareTo(Duration.ofDays(20)) > 0) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: 0 to 20 days)");
        }
    }
}
