package org.strowger.proxy.tls;

import java.nio.charset.StandardCharsets;
import org.strowger.threading.RunsOn;

/** What rules may ask of the peer of a connection: the name that it called us by, and the domains that it proved to be. */
@RunsOn(RunsOn.Runner.ANY)
public final class PeerIdentity {
    /** In the clear. */
    public static final PeerIdentity NONE = new PeerIdentity(new byte[0], new byte[0][]);

    private final byte[] serverName;
    private final byte[][] domains;

    private PeerIdentity(byte[] serverName, byte[][] domains) {
        this.serverName = serverName;
        this.domains = domains;
    }

    static PeerIdentity of(TlsSession session) {
        return new PeerIdentity(
                session.serverName().getBytes(StandardCharsets.UTF_8),
                session.peerDomains().stream()
                        .map(domain -> domain.getBytes(StandardCharsets.UTF_8))
                        .toArray(byte[][]::new));
    }

    /** What the client asked for (SNI), in lower case; empty when it did not ask. Not to be changed. */
    public byte[] serverName() {
        return serverName;
    }

    /** How many SIP domains its certificate proves (RFC 5922). */
    public int domains() {
        return domains.length;
    }

    /** One of these, in lower case. Not to be changed. */
    public byte[] domain(int index) {
        return domains[index];
    }
}
