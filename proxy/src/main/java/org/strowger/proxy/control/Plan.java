package org.strowger.proxy.control;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.strowger.proxy.config.AdminConfig;
import org.strowger.proxy.config.ListenerConfig;
import org.strowger.proxy.config.Side;
import org.strowger.proxy.config.StrowgerConfig;
import org.strowger.proxy.config.TcpConfig;
import org.strowger.sip.Transport;

/**
 * What a running process makes of a file that is read again: the new values of all keys that can change while it runs, and
 * the old ones of the rest.
 *
 * @param inForce the configuration after it
 * @param changes every difference between the file and the configuration in force before
 */
record Plan(StrowgerConfig inForce, List<ConfigChange> changes) {
    /** Threads, buffers and sockets are made for these at the start. */
    private static final List<String> FIXED =
            List.of("node", "event-loops", "protection", "udp", "dns", "tcp.backlog", "admin.bind");

    Plan {
        changes = List.copyOf(changes);
    }

    /** What becomes of {@code old}, in force now, when the file says {@code file}. */
    static Plan of(StrowgerConfig old, StrowgerConfig file) {
        Set<String> fixed = new TreeSet<>(FIXED);
        List<ListenerConfig> listeners = listeners(old, file, fixed);
        boolean keepsToken = file.admin().token().isEmpty()
                && !old.admin().bind().getAddress().isLoopbackAddress();
        if (keepsToken) {
            fixed.add("admin.token");
        }
        StrowgerConfig inForce = new StrowgerConfig(
                old.node(),
                file.clusterKey(),
                file.clusterKeyFile(),
                file.previousClusterKey(),
                old.eventLoops(),
                file.tls(),
                listeners,
                file.relays(),
                file.pools(),
                file.rules(),
                file.outbound(),
                old.protection(),
                old.udp(),
                tcp(old.tcp(), file.tcp()),
                file.websocket(),
                file.http(),
                old.dns(),
                file.logging(),
                new AdminConfig(
                        old.admin().bind(),
                        keepsToken ? old.admin().token() : file.admin().token()));
        List<ConfigChange> changes = ConfigDiff.between(old, file).stream()
                .map(change -> fixed.stream().anyMatch(key -> ConfigDiff.isWithin(change.path(), key))
                        ? change.with(ConfigChange.Effect.NEEDS_RESTART)
                        : change)
                .toList();
        return new Plan(inForce, changes);
    }

    /** Internal UDP listeners are the source ports of requests under way: they stay as they are. */
    private static List<ListenerConfig> listeners(StrowgerConfig old, StrowgerConfig file, Set<String> fixed) {
        Map<String, ListenerConfig> merged = new LinkedHashMap<>();
        file.listeners().forEach(listener -> merged.put(listener.name(), listener));
        for (ListenerConfig listener : file.listeners()) {
            boolean isKnown = old.listeners().contains(listener);
            if (isSourcePort(listener) && !isKnown) {
                merged.remove(listener.name());
                fixed.add("listeners." + listener.name());
            }
        }
        for (ListenerConfig listener : old.listeners()) {
            if (isSourcePort(listener) && !listener.equals(merged.get(listener.name()))) {
                merged.put(listener.name(), listener);
                fixed.add("listeners." + listener.name());
            }
        }
        old.listeners().stream()
                .filter(listener -> fixed.contains("listeners." + listener.name()))
                .forEach(listener -> merged.putIfAbsent(listener.name(), listener));
        if (merged.isEmpty() && file.relays().isEmpty()) {
            fixed.add("listeners");
            return old.listeners();
        }
        return new ArrayList<>(merged.values());
    }

    private static boolean isSourcePort(ListenerConfig listener) {
        return listener.side() == Side.INTERNAL && listener.transport() == Transport.UDP;
    }

    private static TcpConfig tcp(TcpConfig old, TcpConfig file) {
        return new TcpConfig(
                old.backlog(),
                file.userTimeout(),
                file.outboundQueueBytes(),
                file.linger(),
                file.connectTimeout(),
                file.firstBackoff(),
                file.maxBackoff(),
                file.maxBackendConnections());
    }
}
