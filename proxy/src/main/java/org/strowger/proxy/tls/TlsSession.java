package org.strowger.proxy.tls;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.util.List;
import java.util.Optional;

/**
 * What a handshake agreed upon; an attribute of the channel from the end of the handshake on.
 *
 * @param serverName the name that the client asked for (SNI), in lower case; empty when it did not ask
 * @param protocol the application protocol (ALPN); empty when none was agreed upon
 * @param version of TLS
 * @param peerDomains the SIP domains that the peer proved (RFC 5922); empty without a certificate of the peer
 * @param isPeerAuthenticated true when the peer showed a certificate that verified
 */
public record TlsSession(
        String serverName, String protocol, TlsVersion version, List<String> peerDomains, boolean isPeerAuthenticated) {
    private static final AttributeKey<TlsSession> KEY = AttributeKey.valueOf(TlsSession.class, "session");

    public TlsSession {
        peerDomains = List.copyOf(peerDomains);
    }

    /** Of a channel; empty before the end of the handshake, and in the clear. */
    public static Optional<TlsSession> of(Channel channel) {
        return Optional.ofNullable(channel.attr(KEY).get());
    }

    /** The same for rules; {@link PeerIdentity#NONE} where there is no TLS. */
    public static PeerIdentity identity(Channel channel) {
        return of(channel).map(PeerIdentity::of).orElse(PeerIdentity.NONE);
    }

    void attach(Channel channel) {
        channel.attr(KEY).set(this);
    }
}
