package org.strowger.proxy.http;

import org.strowger.sip.IpPort;
import org.strowger.sip.IpText;

/**
 * Who is at the other end of a connection, and how it came in.
 *
 * @param listener its number
 * @param source the client's address, or what a PROXY header said
 * @param port our own port
 * @param security whether the connection is encrypted
 */
public record Visitor(int listener, IpPort source, int port, Security security) {

    /** Whether a connection is encrypted. */
    public enum Security {
        PLAIN("http"),
        TLS("https");

        private final String scheme;

        Security(String scheme) {
            this.scheme = scheme;
        }

        String scheme() {
            return scheme;
        }
    }

    /** The address without its port, an IPv6 one without brackets. */
    String address() {
        byte[] text = new byte[IpText.MAX_HOST_PORT];
        String host =
                new String(text, 0, IpText.writeHostPort(source, text, 0), java.nio.charset.StandardCharsets.US_ASCII);
        int colon = host.lastIndexOf(':');
        return source.isIpv4() ? host.substring(0, colon) : host.substring(1, colon - 1);
    }
}
