package org.strowger.proxy.routing;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.strowger.sip.SipUri;
import org.strowger.sip.Span;
import org.strowger.sip.Transport;

/** The transport that a URI asks for (RFC 3263 section 4.1, as far as the URI itself says). */
public final class Transports {
    private static final Transport[] ALL = Transport.values();

    private Transports() {}

    static Transport of(byte[] b, SipUri uri) {
        boolean secure = uri.scheme() == SipUri.Scheme.SIPS;
        Transport named = named(b, uri);
        if (named != null) {
            return secure ? secured(named) : named;
        }
        return secure ? Transport.TLS : Transport.UDP;
    }

    /** A sips URI never leads to a transport in the clear, whatever its parameter says (RFC 3261 section 26.2.2). */
    private static Transport secured(Transport named) {
        return named == Transport.WS || named == Transport.WSS ? Transport.WSS : Transport.TLS;
    }

    /** The transport parameter, when it is there and names a transport that we know of. */
    public static Optional<Transport> parameter(byte[] b, SipUri uri) {
        return Optional.ofNullable(named(b, uri));
    }

    private static @Nullable Transport named(byte[] b, SipUri uri) {
        Span parameter = uri.transport();
        if (parameter.isPresent()) {
            for (Transport transport : ALL) {
                if (matches(b, parameter, transport.name())) {
                    return transport;
                }
            }
        }
        return null;
    }

    private static boolean matches(byte[] b, Span span, String upperCase) {
        if (span.length() != upperCase.length()) {
            return false;
        }
        for (int i = 0; i < upperCase.length(); i++) {
            if ((b[span.start() + i] & ~0x20) != upperCase.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
