package org.strowger.proxy;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.strowger.threading.RunsOn;

/** The addresses of this host, for sockets that are bound to all of them. Not for the data path. */
@RunsOn(RunsOn.Runner.CONTROL)
final class LocalAddresses {

    private LocalAddresses() {}

    /** The address that the routing table would send from to reach {@code peer}; nothing is sent. */
    static InetAddress towards(InetSocketAddress peer) {
        try (DatagramSocket probe = new DatagramSocket()) {
            probe.connect(peer);
            return probe.getLocalAddress();
        } catch (IOException | java.io.UncheckedIOException e) {
            // No route now; there may be one later, and until then nothing can be sent there anyway.
            return preferred(peer.getAddress() instanceof Inet4Address);
        }
    }

    /** The address to name where none is configured: the first that is not loopback, else loopback. */
    static InetAddress preferred(boolean ipv4) {
        InetAddress fallback = null;
        for (InetAddress address : all()) {
            boolean usable = ipv4 == address instanceof Inet4Address && !address.isLinkLocalAddress();
            if (usable && !address.isLoopbackAddress()) {
                return address;
            }
            if (usable && fallback == null) {
                fallback = address;
            }
        }
        return fallback != null ? fallback : InetAddress.getLoopbackAddress();
    }

    /** All addresses of all interfaces that are up. */
    static List<InetAddress> all() {
        List<InetAddress> addresses = new ArrayList<>();
        try {
            for (NetworkInterface card : Collections.list(NetworkInterface.getNetworkInterfaces())) {
                if (card.isUp()) {
                    addresses.addAll(Collections.list(card.getInetAddresses()));
                }
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("cannot list the network interfaces", e);
        }
        return addresses;
    }

    /** As it stands in a URI: an IPv6 address in brackets, without zone. */
    static String uriHost(InetAddress address) {
        String text = address.getHostAddress();
        int zone = text.indexOf('%');
        String plain = zone < 0 ? text : text.substring(0, zone);
        return address instanceof Inet6Address ? "[" + plain + "]" : plain;
    }
}
