package org.strowger.discovery.dns;

import java.util.Optional;
import org.strowger.sip.Transport;

/**
 * What a SIP URI says about where it leads: the TARGET of RFC 3263 section 4 with its port, transport and scheme.
 *
 * @param host a name in lower case without the dot at the end, or an IP address without brackets
 * @param port 1..65535, or -1 when the URI names none
 * @param transport of the transport parameter
 * @param isSecure true for sips
 */
public record Destination(String host, int port, Optional<Transport> transport, boolean isSecure) {

    public Destination {
        host = DomainName.canonical(host);
        if (port != -1 && (port < 1 || port > 65_535)) {
            throw new IllegalArgumentException("port: " + port + " (expected: -1 or 1..65535)");
        }
    }

    /** True when the DNS can be asked for the host. */
    public boolean isAskable() {
        return DomainName.isValid(host);
    }

    /** What the URI leaves no choice about: its transport parameter, over TLS when the scheme is sips. */
    Optional<Transport> requiredTransport() {
        if (!isSecure) {
            return transport;
        }
        return Optional.of(transport.filter(named -> named != Transport.TCP).orElse(Transport.TLS));
    }
}
