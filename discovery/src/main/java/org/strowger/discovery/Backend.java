package org.strowger.discovery;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.strowger.sip.Transport;

/**
 * One SIP server that messages are sent to. Its identity is transport and address: weight, priority and zone may
 * change while the identity, and with it every cookie that names it, stays.
 *
 * @param transport how it is reached
 * @param address its resolved address and port
 * @param weight share of new calls relative to its pool's other members, 0..10000; 0 takes none
 * @param priority tier; lower is used first
 * @param zone availability zone, or empty when unknown
 * @param path what is asked for in a WebSocket handshake; of no meaning for other transports
 */
public record Backend(
        Transport transport, InetSocketAddress address, int weight, int priority, String zone, String path) {
    /** What is asked for in a WebSocket handshake where nothing is said. */
    public static final String ROOT = "/";

    public Backend {
        if (address.isUnresolved()) {
            throw new IllegalArgumentException("address: " + address + " (expected: a resolved address)");
        }
        if (weight < 0 || weight > 10_000) {
            throw new IllegalArgumentException("weight: " + weight + " (expected: 0..10000)");
        }
        if (priority < 0) {
            throw new IllegalArgumentException("priority: " + priority + " (expected: 0 or more)");
        }
        if (!path.startsWith(ROOT)) {
            throw new IllegalArgumentException("path: " + path + " (expected: / and more)");
        }
    }

    /** One whose path is of no meaning. */
    public Backend(Transport transport, InetSocketAddress address, int weight, int priority, String zone) {
        this(transport, address, weight, priority, zone, ROOT);
    }

    /** A backend with weight 1, priority 0 and no zone. */
    public static Backend of(Transport transport, InetSocketAddress address) {
        return new Backend(transport, address, 1, 0, "");
    }

    /** The identity as operators write it, for example {@code udp:10.0.1.10:5060} or {@code tcp:[2001:db8::1]:5060}. */
    public String id() {
        InetAddress ip = address.getAddress();
        String host = ip.getAddress().length == 16
                ? "[" + ip.getHostAddress().replaceAll("%.*", "") + "]"
                : ip.getHostAddress();
        return transport.name().toLowerCase(java.util.Locale.ROOT) + ":" + host + ":" + address.getPort();
    }
}
