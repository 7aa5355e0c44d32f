package org.strowger.proxy.config;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The whole configuration. One key of the file is one component of this tree; {@code reference.conf} holds every default.
 *
 * @param node this process
 * @param clusterKey signs the cookies, from {@code cluster-key} or {@code cluster-key-file}; empty only where the loader
 *     was told that it may be
 * @param clusterKeyFile where the key was read from, if it was
 * @param previousClusterKey still accepted in cookies
 * @param eventLoops their number
 * @param tls the ends of TLS, in the order of their names
 * @param listeners in the order of their names; never empty
 * @param pools in the order of their names; never empty
 * @param rules in the order of the file; the first match wins
 * @param outbound requests of backends to hosts that are none
 * @param protection limits of a message
 * @param udp all UDP sockets
 * @param tcp all TCP connections
 * @param websocket all WebSocket connections
 * @param http the HTTP side
 * @param dns how names are looked up
 * @param logging level and form
 * @param admin the administration address
 */
public record StrowgerConfig(
        NodeConfig node,
        Optional<KeyMaterial> clusterKey,
        Optional<Path> clusterKeyFile,
        Optional<KeyMaterial> previousClusterKey,
        int eventLoops,
        List<TlsConfig> tls,
        List<ListenerConfig> listeners,
        List<RelayConfig> relays,
        List<PoolConfig> pools,
        List<RuleConfig> rules,
        Outbound outbound,
        ProtectionConfig protection,
        UdpConfig udp,
        TcpConfig tcp,
        WebSocketConfig websocket,
        HttpConfig http,
        DnsConfig dns,
        LoggingConfig logging,
        AdminConfig admin) {

    public StrowgerConfig {
        Require.range("eventLoops", eventLoops, 1, 256);
        tls = List.copyOf(tls);
        listeners = List.copyOf(listeners);
        relays = List.copyOf(relays);
        pools = List.copyOf(pools);
        rules = List.copyOf(rules);
        Require.that(!listeners.isEmpty() || !relays.isEmpty(), "listeners", "none", "at least one");
        Require.that(!pools.isEmpty(), "pools", "none", "at least one");
        Set<String> known = new HashSet<>();
        pools.forEach(pool -> known.add(pool.name()));
        for (RuleConfig rule : rules) {
            if (rule.action() instanceof RuleConfig.Pool to) {
                Require.that(known.contains(to.name()), "rules.pool", to.name(), "one of " + known);
            }
        }
    }
}
