package org.strowger.proxy.tls;

/** What a listener asks of clients. */
public enum ClientAuthentication {
    NONE,
    /** A client may show a certificate; one that does not verify ends the handshake. */
    OPTIONAL,
    REQUIRED
}
