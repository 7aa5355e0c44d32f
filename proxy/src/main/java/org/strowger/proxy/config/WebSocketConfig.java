package org.strowger.proxy.config;

import java.time.Duration;

/**
 * Settings of all WebSocket connections.
 *
 * @param ping a client that has been silent for this long is pinged; zero: never
 * @param pongTimeout a client that stays silent for this long after a ping is gone
 * @param handshakeTimeout from the connection to the end of its handshake
 * @param drain the time over which the connections of a listener that goes away are closed
 */
public record WebSocketConfig(Duration ping, Duration pongTimeout, Duration handshakeTimeout, Duration drain) {

    public WebSocketConfig {
        Require.notNegative("ping", ping);
        Require.that(pongTimeout.toNanos() > 0, "pongTimeout", pongTimeout, "more than 0");
        Require.that(handshakeTimeout.toNanos() > 0, "handshakeTimeout", handshakeTimeout, "more than 0");
        Require.notNegative("drain", drain);
    }
}
