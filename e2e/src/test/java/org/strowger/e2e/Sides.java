package org.strowger.e2e;

import java.util.Locale;
import org.strowger.sip.Transport;

/** A server of SIP with one port for each transport. */
final class Sides {
    private Sides() {}

    static Endpoint at(Transport transport, String address) {
        return new Endpoint(
                transport,
                address,
                switch (transport) {
                    case UDP, TCP -> 5060;
                    case TLS -> 5061;
                    case WS -> 8080;
                    case WSS -> 8443;
                });
    }

    /** The listeners of a program, {@code udp} to {@code wss}; the certificate is that in {@code front.pem}. */
    static String listeners(Loopback net) {
        StringBuilder text = new StringBuilder("tls.front { certificate = front.pem, key = front.key }\n");
        for (Transport transport : Transport.values()) {
            String name = transport.name().toLowerCase(Locale.ROOT);
            text.append("listeners.%s { transport = %s, bind = \"%s\"%s }%n"
                    .formatted(
                            name,
                            name,
                            at(transport, net.proxy()).hostPort(),
                            transport.isEncrypted() ? ", tls = front" : ""));
        }
        return text.toString();
    }

    /**
     * A pool for each transport, with the server as its only backend and {@code tls.back} where that is encrypted, and rules that
     * choose it by the user in To.
     *
     * @param more keys of every pool, each after a comma
     */
    static String pools(Loopback net, String more) {
        StringBuilder text = new StringBuilder();
        StringBuilder rules = new StringBuilder();
        for (Transport transport : Transport.values()) {
            String name = transport.name().toLowerCase(Locale.ROOT);
            text.append("pools.%s { backends = [\"%s\"]%s%s }%n"
                    .formatted(
                            name,
                            at(transport, net.backend(1)).backend(),
                            more,
                            transport.isEncrypted() ? ", tls = back" : ""));
            rules.append("{ to-user = %s, pool = %s }, ".formatted(name, name));
        }
        return text.append("rules = [ ")
                .append(rules)
                .append("{ reject = 404 } ]\n")
                .toString();
    }
}
