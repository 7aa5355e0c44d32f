package org.strowger.proxy.config;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.strowger.sip.Transport;

/**
 * An address that messages are received on.
 *
 * @param name unique among listeners
 * @param transport any
 * @param bind a resolved address; port 0 lets the kernel choose
 * @param advertise how it names itself
 * @param side which way it faces; an internal UDP listener takes one port per event loop, from the bound one upwards
 * @param forceRport true to answer UDP requests to their source port even without {@code rport} (RFC 3581)
 * @param maxConnections TCP and what runs on it: connections at the same time, over all event loops
 * @param idleTimeout TCP and what runs on it: a connection that says nothing for this long is closed; zero: never
 * @param tls the section of its certificates; present for TLS and WSS and only there
 * @param proxyProtocol who speaks for others
 * @param origins WS and WSS: where browsers may come from; empty: anywhere
 */
public record ListenerConfig(
        String name,
        Transport transport,
        InetSocketAddress bind,
        Advertise advertise,
        Side side,
        boolean forceRport,
        int maxConnections,
        Duration idleTimeout,
        Optional<String> tls,
        ProxyProtocolConfig proxyProtocol,
        List<String> origins) {

    public ListenerConfig {
        origins = List.copyOf(origins);
        Require.that(
                tls.isPresent() == transport.isEncrypted(), "tls", tls, "a section for TLS and WSS and only there");
        Require.that(!bind.isUnresolved(), "bind", bind, "a resolved address");
        Require.range("maxConnections", maxConnections, 1, Integer.MAX_VALUE);
        Require.notNegative("idleTimeout", idleTimeout);
    }
}
