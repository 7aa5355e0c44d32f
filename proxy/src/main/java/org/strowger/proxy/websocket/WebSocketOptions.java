package org.strowger.proxy.websocket;

import java.time.Duration;
import org.strowger.proxy.transport.FlowKeepAlive;

/**
 * Settings of WebSocket connections.
 *
 * @param maxMessage the longest message taken, in bytes
 * @param handshakeTimeout from the connection to the end of its handshake
 * @param keepAlive when a silent peer is pinged, and how long it may take to answer
 */
public record WebSocketOptions(int maxMessage, Duration handshakeTimeout, FlowKeepAlive keepAlive) {}
