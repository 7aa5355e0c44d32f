package org.strowger.proxy.config;

import java.time.Duration;
import java.util.List;

/**
 * Settings of the HTTP side.
 *
 * @param forwarded which fields tell a backend about its client
 * @param trusted whose fields of that kind are kept and added to
 * @param maxTarget characters of a request target
 * @param maxHeadBytes start line and header fields
 * @param maxFields header fields
 * @param maxStreams requests at the same time on one connection of HTTP/2
 * @param headTimeout for a request's head to come
 * @param keepAlive between two requests of a client
 * @param connectTimeout to a backend
 * @param responseTimeout from the end of a request to the head of its response
 * @param idleTimeout without a byte of a body; zero: never
 * @param tunnelTimeout of a WebSocket without a byte; zero: never
 * @param backendConnections of one event loop to one backend
 * @param idleConnections those of them that wait for a request
 * @param idleConnectionTimeout how long they wait
 * @param retries how often a request may go to another backend
 */
public record HttpConfig(
        HttpForwarded forwarded,
        List<Cidr> trusted,
        int maxTarget,
        int maxHeadBytes,
        int maxFields,
        int maxStreams,
        Duration headTimeout,
        Duration keepAlive,
        Duration connectTimeout,
        Duration responseTimeout,
        Duration idleTimeout,
        Duration tunnelTimeout,
        int backendConnections,
        int idleConnections,
        Duration idleConnectionTimeout,
        int retries) {

    public HttpConfig {
        trusted = List.copyOf(trusted);
        Require.range("maxTarget", maxTarget, 256, Integer.MAX_VALUE);
        Require.range("maxHeadBytes", maxHeadBytes, 1024, Integer.MAX_VALUE);
        Require.range("maxFields", maxFields, 16, Integer.MAX_VALUE);
        Require.range("maxStreams", maxStreams, 1, Integer.MAX_VALUE);
        Require.notNegative("headTimeout", headTimeout);
        Require.notNegative("keepAlive", keepAlive);
        Require.that(connectTimeout.toMillis() > 0, "connectTimeout", connectTimeout, "1ms or more");
        Require.notNegative("responseTimeout", responseTimeout);
        Require.notNegative("idleTimeout", idleTimeout);
        Require.notNegative("tunnelTimeout", tunnelTimeout);
        Require.range("backendConnections", backendConnections, 1, Integer.MAX_VALUE);
        Require.range("idleConnections", idleConnections, 0, Integer.MAX_VALUE);
        Require.notNegative("idleConnectionTimeout", idleConnectionTimeout);
        Require.range("retries", retries, 0, 10);
    }
}
