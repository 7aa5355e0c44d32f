package org.strowger.sip;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A SIP transport (RFC 3261 section 18, RFC 7118) with its token in a Via header and in a URI parameter. */
public enum Transport {
    UDP(5060),
    TCP(5060),
    TLS(5061),
    WS(80),
    WSS(443);

    private final int defaultPort;

    Transport(int defaultPort) {
        this.defaultPort = defaultPort;
    }

    /** The port of a sent-by or URI that names none (RFC 3261 section 18.2.2, RFC 7118 section 5). */
    public int defaultPort() {
        return defaultPort;
    }

    /** True when one datagram is one message. */
    public boolean isDatagram() {
        return this == UDP;
    }

    /** True when it runs on TLS. */
    public boolean isEncrypted() {
        return this == TLS || this == WSS;
    }

    /** True when one WebSocket message is one message (RFC 7118): the peer is reached by its connection only. */
    public boolean isWebSocket() {
        return this == WS || this == WSS;
    }

    /** The upper-case token as in {@code Via: SIP/2.0/UDP}. A fresh copy. */
    public byte[] viaToken() {
        return name().getBytes(StandardCharsets.US_ASCII);
    }

    /** The lower-case token as in {@code ;transport=udp}; WSS has that of WS (RFC 7118 section 5.2). A fresh copy. */
    public byte[] uriParameter() {
        return (this == WSS ? WS : this).name().toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII);
    }
}
