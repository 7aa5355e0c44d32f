package org.strowger.proxy.explain;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.strowger.proxy.explain.Explanation.Received;
import org.strowger.proxy.routing.Ingress;
import org.strowger.proxy.routing.Inspection;
import org.strowger.proxy.routing.RoutingSnapshot;
import org.strowger.proxy.routing.SipListener;
import org.strowger.proxy.routing.Target;
import org.strowger.sip.IpPort;
import org.strowger.sip.IpText;
import org.strowger.sip.SipMessage;
import org.strowger.sip.Span;
import org.strowger.sip.Transport;
import org.strowger.sip.Via;

/**
 * Where a message is taken to have come in.
 *
 * @param ingress for the data path
 * @param note for people
 */
record Arrival(Ingress ingress, Received note) {
    /** Stands for the connection that a message came on. */
    static final long SOME_FLOW = 1;

    /** Of an address in no network of anybody (RFC 5737). */
    private static final String NOBODY = "192.0.2.1:5060";

    static Arrival of(SipMessage m, Origin origin, RoutingSnapshot s) {
        Via via = m.topVia();
        Transport transport = m.isTopViaRead() ? transport(Checks.text(m, start(via), end(via))) : Transport.UDP;
        Optional<IpPort> said = m.isRequest() && m.isTopViaRead() ? source(m, via, transport) : Optional.empty();
        IpPort from = origin.from().map(Arrival::read).or(() -> said).orElseGet(() -> read(NOBODY));
        String basis = origin.from().isPresent()
                ? "as told"
                : said.isPresent() ? "says the top Via" : "assumed; --from tells another";
        List<SipListener> open = Inspection.listeners(s);
        if (origin.listener().isPresent()) {
            return at(named(origin.listener().get(), open), from, transport, basis);
        }
        boolean ofBackend = s.backendAt(from, transport) != Target.NONE;
        Optional<SipListener> likely = likely(open, from, transport).or(() -> likely(open, from, other(transport)));
        return at(ofBackend ? Optional.empty() : likely.or(() -> open.stream().findFirst()), from, transport, basis);
    }

    private static Optional<SipListener> likely(List<SipListener> open, IpPort from, Transport transport) {
        return open.stream()
                .filter(l -> l.transport() == transport && l.isIpv4() == from.isIpv4() && !l.isInternal())
                .findFirst();
    }

    /** Some browsers' phones write WS whether it is encrypted or not. */
    private static Transport other(Transport transport) {
        return transport == Transport.WS ? Transport.WSS : transport;
    }

    private static Transport transport(String token) {
        return Arrays.stream(Transport.values())
                .filter(one -> one.name().equalsIgnoreCase(token))
                .findFirst()
                .orElse(Transport.UDP);
    }

    private static int start(Via via) {
        return via.transport().start();
    }

    private static int end(Via via) {
        return via.transport().end();
    }

    private static Optional<SipListener> named(String name, List<SipListener> open) {
        Optional<SipListener> found =
                open.stream().filter(l -> l.name().equals(name)).findFirst();
        if (found.isEmpty() && !name.equals(Origin.BACKEND_SIDE)) {
            throw new IllegalArgumentException("listener: " + name + " (expected: one of "
                    + open.stream().map(SipListener::name).toList() + " or " + Origin.BACKEND_SIDE + ")");
        }
        return found;
    }

    /** Without a listener: on the sockets towards backends. */
    private static Arrival at(Optional<SipListener> listener, IpPort from, Transport via, String basis) {
        Ingress ingress = new Ingress();
        Transport transport = listener.map(SipListener::transport).orElse(via);
        boolean backendSide = listener.filter(l -> !(l.isInternal() && transport.isDatagram()))
                .isEmpty();
        int number = backendSide
                ? RoutingSnapshot.BACKEND_SIDE
                : listener.orElseThrow().number();
        if (transport.isDatagram()) {
            ingress.setDatagram(number, from);
        } else {
            ingress.setStream(number, transport, SOME_FLOW, from);
        }
        String name = listener.map(SipListener::name).orElse(Origin.BACKEND_SIDE);
        return new Arrival(ingress, new Received(from.toString(), transport.name(), name, basis));
    }

    /** The address that the packet had, as far as the Via tells. */
    private static Optional<IpPort> source(SipMessage m, Via via, Transport transport) {
        IpPort address = new IpPort();
        Span host = via.received().isPresent() ? via.received() : via.host();
        if (!IpText.readHost(m.bytes(), host.start(), host.end(), address)) {
            return Optional.empty();
        }
        String rport = via.rport().isPresent()
                ? Checks.text(m, via.rport().start(), via.rport().end())
                : "";
        int port = via.port() < 0 ? transport.defaultPort() : via.port();
        address.setPort(rport.matches("\\d{1,4}|[1-5]\\d{4}") ? Integer.parseInt(rport) : port);
        return Optional.of(address);
    }

    /**
     * Reads {@code address:port}.
     *
     * @throws IllegalArgumentException when it is none
     */
    static IpPort read(String text) {
        int colon = text.lastIndexOf(':');
        byte[] host = text.substring(0, Math.max(0, colon)).getBytes(US_ASCII);
        IpPort address = new IpPort();
        String digits = text.substring(colon + 1);
        boolean good = colon > 0
                && digits.matches("\\d{1,5}")
                && Integer.parseInt(digits) <= 65_535
                && IpText.readHost(host, 0, host.length, address);
        if (!good) {
            throw new IllegalArgumentException("from: " + text + " (expected: ADDRESS:PORT)");
        }
        address.setPort(Integer.parseInt(digits));
        return address;
    }
}
