package org.strowger.proxy;

import java.io.IOException;
import java.net.BindException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ProtocolFamily;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.util.Collection;
import java.util.List;
import org.strowger.proxy.config.ListenerConfig;
import org.strowger.proxy.config.Side;
import org.strowger.sip.Transport;

/**
 * Finds out whether the ports of a configuration are free. Our sockets share their ports (SO_REUSEPORT), so the kernel
 * would let a second process of the same user take half of the first one's traffic; a socket that shares nothing tells.
 */
final class FreePorts {

    private FreePorts() {}

    /**
     * Does nothing when every port is free.
     *
     * @throws IOException when one is not, with the listener's name
     */
    static void check(List<ListenerConfig> listeners, int eventLoops) throws IOException {
        check(listeners, eventLoops, List.of());
    }

    /** A port of this process, whatever is spoken there. */
    record Held(boolean isDatagram, int port) {
        static Held by(Transport transport, InetSocketAddress bound) {
            return new Held(transport.isDatagram(), bound.getPort());
        }
    }

    /** The same, where the ports of {@code ours} are known to be held by this process. */
    static void check(List<ListenerConfig> listeners, int eventLoops, Collection<Held> ours) throws IOException {
        for (ListenerConfig listener : listeners) {
            boolean portPerLoop = listener.side() == Side.INTERNAL && listener.transport() == Transport.UDP;
            InetSocketAddress bind = listener.bind();
            for (int i = 0; i < (portPerLoop ? eventLoops : 1) && bind.getPort() != 0; i++) {
                int port = bind.getPort() + i;
                if (!ours.contains(new Held(listener.transport().isDatagram(), port))) {
                    check(listener, new InetSocketAddress(bind.getAddress(), port));
                }
            }
        }
    }

    private static void check(ListenerConfig listener, InetSocketAddress address) throws IOException {
        check(listener.name(), listener.transport(), address);
    }

    /** The same for one port, unless it is 0. */
    static void check(String listener, Transport transport, InetSocketAddress address) throws IOException {
        if (address.getPort() == 0) {
            return;
        }
        if (!isOfThisMachine(address)) {
            return; // will come by IP_FREEBIND; there is nobody to share it with
        }
        ProtocolFamily family = address.getAddress() instanceof Inet4Address
                ? StandardProtocolFamily.INET
                : StandardProtocolFamily.INET6;
        try {
            if (transport.isDatagram()) {
                DatagramChannel.open(family).bind(address).close();
            } else {
                tryStream(family, address);
            }
        } catch (BindException e) {
            throw new IOException(
                    "listeners." + listener + ".bind: "
                            + Faces.hostPort(address.getAddress(), address.getPort()) + ": " + e.getMessage()
                            + " (expected: a port that this program may use alone; does another Strowger run?)",
                    e);
        }
    }

    /** Without listening, so that nobody can connect to a socket that is about to close. */
    private static void tryStream(ProtocolFamily family, InetSocketAddress address) throws IOException {
        try (SocketChannel channel = SocketChannel.open(family)) {
            // Connections of a process that has ended do not matter.
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true).bind(address);
        }
    }

    private static boolean isOfThisMachine(InetSocketAddress address) throws SocketException {
        return address.getAddress().isAnyLocalAddress()
                || address.getAddress().isLoopbackAddress()
                || NetworkInterface.getByInetAddress(address.getAddress()) != null;
    }
}
