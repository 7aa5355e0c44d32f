package org.strowger.proxy;

import io.netty.util.concurrent.Ticker;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.strowger.proxy.balancing.BackendLoads;
import org.strowger.proxy.balancing.CallRegister;
import org.strowger.proxy.balancing.Measurements;
import org.strowger.proxy.config.ListenerConfig;
import org.strowger.proxy.config.Side;
import org.strowger.proxy.config.StrowgerConfig;
import org.strowger.proxy.control.ControlDesk;
import org.strowger.proxy.metrics.BackendCounterTable;
import org.strowger.proxy.routing.RoutingSnapshot;

/** The picture that a configuration would give if it were started, without opening a socket. */
final class PlannedSnapshot {
    private PlannedSnapshot() {}

    /** With every backend ready, and port 0 where the kernel would choose one. */
    static RoutingSnapshot of(StrowgerConfig config, Ticker ticker) {
        ListenerNumbers numbers = new ListenerNumbers(
                config.listeners().stream().map(ListenerConfig::name).toList());
        List<Faces.OpenListener> open = config.listeners().stream()
                .map(listener -> Faces.OpenListener.of(listener, numbers.of(listener.name()), listener.bind()))
                .toList();
        List<InetSocketAddress> ports = new ArrayList<>();
        config.listeners().stream()
                .filter(listener ->
                        listener.side() == Side.INTERNAL && listener.transport().isDatagram())
                .forEach(listener -> ports.add(listener.bind()));
        for (String any : new String[] {"0.0.0.0", "::"}) {
            InetSocketAddress free = new InetSocketAddress(any, 0);
            boolean served = ports.stream().anyMatch(port -> isIpv4(port) == isIpv4(free));
            if (!served) {
                ports.add(free);
            }
        }
        return new SnapshotBuilder(config, open, List.of(ports), new BackendCounterTable(1))
                .build(
                        ControlDesk.asConfigured(config),
                        List.of(),
                        new PoolStates(
                                config.node().zone(),
                                new Measurements(new BackendLoads(), CallRegister.NONE, ticker, 0),
                                1),
                        Rules.of(config, numbers),
                        Standing.GOOD);
    }

    private static boolean isIpv4(InetSocketAddress address) {
        return address.getAddress() instanceof Inet4Address;
    }
}
