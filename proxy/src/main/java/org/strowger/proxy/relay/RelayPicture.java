package org.strowger.proxy.relay;

import java.util.Map;
import org.strowger.proxy.routing.RoutingSnapshot;

/**
 * All that relays need to know, as one immutable picture: what a listener says of pools is never read beside a snapshot that
 * has other pools.
 *
 * @param tcp settings of listeners by name
 * @param udp the same
 */
public record RelayPicture(
        RoutingSnapshot snapshot, Map<String, TcpRelayOptions> tcp, Map<String, UdpRelayOptions> udp) {
    /** Before the first configuration. */
    public static final RelayPicture EMPTY = new RelayPicture(RoutingSnapshot.EMPTY, Map.of(), Map.of());

    public RelayPicture {
        tcp = Map.copyOf(tcp);
        udp = Map.copyOf(udp);
    }

    /** The same settings under another snapshot. */
    public RelayPicture with(RoutingSnapshot now) {
        return new RelayPicture(now, tcp, udp);
    }
}
