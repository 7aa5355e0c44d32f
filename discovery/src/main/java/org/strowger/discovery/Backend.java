package org.strowger.discovery;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.strowger.sip.Transport;

/**
 * One server that messages are sent to. Its identity is protocol, transport and address: weight, priority and zone may
 * change while the identity, and with it every cookie that names it, stays.
 *
 * @param protocol what it speaks
 * @param transport how it is reached; one of HTTP by TCP or TLS
 * @param address its resolved address and port
 * @param weight share of new calls relative to its pool's other members, 0..10000; 0 takes none
 * @param priority tier; lower is used first
 * @param zone availability zone, or empty when unknown
 * @param path what is asked for in a WebSocket handshake; of no meaning for other transports
 */
public record Backend(
        Protocol protocol,
        Transport transport,
        InetSocketAddress address,
        int weight,
        int priority,
        String zone,
        String path) {
    /** What is asked for in a WebSocket handshake where nothing is said. */
    public static final String ROOT = "/";

    public Backend {
        if (protocol == Protocol.HTTP && transport != Transport.TCP && transport != Transport.TLS) {
            throw new IllegalArgumentException("transport: " + transport + " (expected: TCP or TLS)");
        }
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

    /** A SIP server whose path is of no meaning. */
    public Backend(Transport transport, InetSocketAddress address, int weight, int priority, String zone) {
        this(Protocol.SIP, transport, address, weight, priority, zone, ROOT);
    }

    /** A backend with weight 1, priority 0 and no zone. */
    public static Backend of(Transport transport, InetSocketAddress address) {
        return new Backend(transport, address, 1, 0, "");
    }

    /** The same backend with other shares. */
    public Backend with(int otherWeight, int otherPriority, String otherZone) {
        return new Backend(protocol, transport, address, otherWeight, otherPriority, otherZone, path);
    }

    /** The identity as operators write it, for example {@code udp:10.0.1.10:5060} or {@code https:[2001:db8::1]:443}. */
    public String id() {
        InetAddress ip = address.getAddress();
        String host = ip.getAddress().length == 16
                ? "[" + ip.getHostAddress().replaceAll("%.*", "") + "]"
                : ip.getHostAddress();
        String scheme = protocol == Protocol.SIP
                ? transport.name().toLowerCase(java.util.Locale.ROOT)
                : transport == Transport.TLS ? "https" : "http";
        return scheme + ":" + host + ":" + address.getPort();
    }
}
