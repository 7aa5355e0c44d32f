package org.strowger.proxy.config;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A listener that passes on what it receives without reading it (layer 4).
 *
 * @param name unique among listeners
 * @param bind a resolved address; port 0 lets the kernel choose
 * @param pool who gets it; may be empty where {@code sni} names all that is taken
 * @param sni tcp-relay: pools by the host name that a TLS client asks for, exact or {@code *.suffix}, in lower case; not empty:
 *     the connection must begin with a ClientHello
 * @param maxConnections connections or flows at the same time, over all event loops
 * @param idleTimeout tcp-relay: a connection on which nothing moves for this long is closed; zero: never
 * @param flowTimeout udp-relay: a flow on which nothing moves for this long is forgotten
 * @param tls tcp-relay: the section whose certificates end TLS here; backends get what was in it
 * @param proxyProtocol who speaks for others
 */
public record RelayConfig(
        String name,
        RelayTransport transport,
        InetSocketAddress bind,
        Optional<String> pool,
        Map<String, String> sni,
        int maxConnections,
        Duration idleTimeout,
        Duration flowTimeout,
        Optional<String> tls,
        ProxyProtocolConfig proxyProtocol) {

    public RelayConfig {
        sni = Map.copyOf(sni);
        Require.that(!bind.isUnresolved(), "bind", bind, "a resolved address");
        Require.that(pool.isPresent() || !sni.isEmpty(), "pool", "none", "a pool, or names of hosts under sni");
    }

    /** The names of all pools that it gives something to. */
    public Set<String> pools() {
        Set<String> names = new HashSet<>(sni.values());
        pool.ifPresent(names::add);
        return names;
    }
}
