package org.strowger.proxy.routing;

import org.strowger.sip.SipUri;
import org.strowger.sip.Span;
import org.strowger.sip.Transport;

/** The transport that a URI asks for (RFC 3263 section 4.1, as far as the URI itself says). */
final class Transports {
    private static final Transport[] ALL = Transport.values();

    private Transports() {}

    static Transport of(byte[] b, SipUri uri) {
        boolean secure = uri.scheme() == SipUri.Scheme.SIPS;
        Span parameter = uri.transport();
        if (parameter.isPresent()) {
            for (Transport transport : ALL) {
                if (matches(b, parameter, transport.name())) {
                    return secure && transport == Transport.TCP ? Transport.TLS : transport;
                }
            }
        }
        return secure ? Transport.TLS : Transport.UDP;
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
