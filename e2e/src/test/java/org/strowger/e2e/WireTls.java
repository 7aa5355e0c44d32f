package org.strowger.e2e;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import javax.net.ssl.SSLException;

/**
 * TLS of the test's own ends, by Java's implementation, which shares nothing with the program that it talks to.
 *
 * @param serverName that clients ask for, and hold against the certificate
 */
record WireTls(SslContext client, SslContext server, String serverName) {

    /** Trusts the authority of these files, and shows one pair of them. */
    static WireTls of(Certificates files, String own, String serverName) {
        try {
            return new WireTls(
                    SslContextBuilder.forClient()
                            .sslProvider(SslProvider.JDK)
                            .trustManager(files.file("ca.pem").toFile())
                            // Some handshakes take up a session, and others see the certificate of the day.
                            .sessionTimeout(1)
                            .build(),
                    SslContextBuilder.forServer(
                                    files.file(own + ".pem").toFile(),
                                    files.file(own + ".key").toFile())
                            .sslProvider(SslProvider.JDK)
                            .build(),
                    serverName);
        } catch (SSLException e) {
            throw new AssertionError(e);
        }
    }
}
