package org.strowger.proxy;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.strowger.proxy.config.Advertise;
import org.strowger.proxy.config.ListenerConfig;
import org.strowger.proxy.config.Side;
import org.strowger.proxy.routing.RecordRoute;
import org.strowger.sip.Transport;
import org.strowger.threading.RunsOn;

/**
 * Under which address and port we name ourselves, to whom: the client side sees what a listener advertises, a backend
 * sees an internal listener, or where there is none the listener that the client came in on, or its own port towards backends
 * where a backend on UDP could not send there.
 */
@RunsOn(RunsOn.Runner.CONTROL)
final class Faces {

    /**
     * An open listener.
     *
     * @param name as in the file
     * @param bound its address with the port in use
     * @param advertised how it is to name itself, or empty for the bound address
     */
    record OpenListener(
            String name,
            int number,
            Transport transport,
            InetSocketAddress bound,
            Optional<Advertised> advertised,
            boolean isInternal,
            boolean isForceRport) {

        static OpenListener of(ListenerConfig listener, int number, InetSocketAddress bound) {
            Optional<Advertised> advertised = listener.advertise() instanceof Advertise.Fixed fixed
                    ? Optional.of(new Advertised(
                            fixed.host().indexOf(':') >= 0 ? "[" + fixed.host() + "]" : fixed.host(),
                            fixed.port() == 0 ? bound.getPort() : fixed.port()))
                    : Optional.empty();
            return new OpenListener(
                    listener.name(),
                    number,
                    listener.transport(),
                    bound,
                    advertised,
                    listener.side() == Side.INTERNAL,
                    listener.forceRport());
        }

        boolean isIpv4() {
            return bound.getAddress() instanceof Inet4Address;
        }
    }

    /**
     * A host as written in URIs, an IPv6 address in brackets, and a port.
     */
    record Advertised(String host, int port) {}

    private final List<OpenListener> listeners;
    private final List<List<InetSocketAddress>> backendPorts;
    private final Map<String, RecordRoute> interned = new HashMap<>();

    /** @param backendPorts by event loop: the bound addresses of its UDP sockets towards backends */
    Faces(List<OpenListener> listeners, List<List<InetSocketAddress>> backendPorts) {
        this.listeners = listeners;
        this.backendPorts = backendPorts;
    }

    /** Our Via for requests that leave by this listener, up to and including {@code ;branch=}. */
    byte[] listenerVia(OpenListener listener) {
        return via(listener.transport(), outer(listener));
    }

    /** Our Via for requests that loop {@code loop} sends to {@code peer} over {@code transport}. */
    byte[] backendVia(Transport transport, InetSocketAddress peer, int loop) {
        return via(transport, transport.isDatagram() ? backendPort(peer, loop) : streamFace(transport, peer));
    }

    /** Both names for a dialog between a client of {@code listener} and the backend at {@code peer}. */
    RecordRoute recordRoute(OpenListener listener, Transport backendTransport, InetSocketAddress peer, int loop) {
        boolean ipv4 = peer.getAddress() instanceof Inet4Address;
        Optional<OpenListener> internal = find(backendTransport, ipv4, true);
        String inner;
        Transport innerTransport = backendTransport;
        if (internal.isPresent() && backendTransport.isDatagram()) {
            inner = backendPort(peer, loop);
        } else if (internal.isPresent()) {
            inner = inner(internal.get(), peer);
        } else if (backendTransport.isWebSocket()) {
            inner = streamFace(backendTransport, peer);
        } else {
            OpenListener face = listener.transport() == backendTransport && listener.isIpv4() == ipv4
                    ? listener
                    : find(backendTransport, ipv4, false).orElse(listener);
            boolean unlike = backendTransport.isDatagram() && !isForAll(face.transport());
            inner = unlike ? backendPort(peer, loop) : inner(face, peer);
            innerTransport = unlike ? backendTransport : face.transport();
        }
        String outer = outer(listener);
        RecordRoute made = RecordRoute.of(inner, innerTransport, outer, listener.transport());
        RecordRoute known = interned.putIfAbsent(inner + innerTransport + outer + listener.transport(), made);
        return known == null ? made : known;
    }

    /** True for what every server of SIP can send by, if it has to (RFC 3261 section 18); TLS and WebSocket are not. */
    private static boolean isForAll(Transport transport) {
        return transport == Transport.UDP || transport == Transport.TCP;
    }

    private String outer(OpenListener listener) {
        return listener.advertised().map(a -> a.host() + ":" + a.port()).orElseGet(() -> {
            InetAddress bound = listener.bound().getAddress();
            InetAddress named = bound.isAnyLocalAddress() ? LocalAddresses.preferred(listener.isIpv4()) : bound;
            return hostPort(named, listener.bound().getPort());
        });
    }

    private static String inner(OpenListener listener, InetSocketAddress peer) {
        return hostPort(
                specific(listener.bound().getAddress(), peer), listener.bound().getPort());
    }

    private String backendPort(InetSocketAddress peer, int loop) {
        boolean ipv4 = peer.getAddress() instanceof Inet4Address;
        for (InetSocketAddress bound : backendPorts.get(loop)) {
            if (bound.getAddress() instanceof Inet4Address == ipv4) {
                return hostPort(specific(bound.getAddress(), peer), bound.getPort());
            }
        }
        return hostPort(LocalAddresses.preferred(ipv4), Transport.UDP.defaultPort());
    }

    /** A response comes on the connection; the port is where a new connection would find us. */
    private String streamFace(Transport transport, InetSocketAddress peer) {
        boolean ipv4 = peer.getAddress() instanceof Inet4Address;
        return find(transport, ipv4, true)
                .or(() -> find(transport, ipv4, false))
                .map(listener -> inner(listener, peer))
                .orElseGet(() -> hostPort(LocalAddresses.towards(peer), transport.defaultPort()));
    }

    private Optional<OpenListener> find(Transport transport, boolean ipv4, boolean internal) {
        return listeners.stream()
                .filter(l -> l.transport() == transport && l.isIpv4() == ipv4 && l.isInternal() == internal)
                .findFirst();
    }

    private static InetAddress specific(InetAddress bound, InetSocketAddress peer) {
        return bound.isAnyLocalAddress() ? LocalAddresses.towards(peer) : bound;
    }

    static String hostPort(InetAddress address, int port) {
        return LocalAddresses.uriHost(address) + ":" + port;
    }

    private static byte[] via(Transport transport, String sentBy) {
        return ("Via: SIP/2.0/" + transport.name() + " " + sentBy + ";branch=z9hG4bK")
                .getBytes(StandardCharsets.US_ASCII);
    }
}
