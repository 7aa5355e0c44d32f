package org.strowger.proxy.tls;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.ReferenceCountedOpenSslContext;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.ReferenceCountedOpenSslServerContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.internal.tcnative.SSL;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** Makes the contexts of a provider out of what was read. */
final class Contexts {
    /** Held by each connection for its whole life. */
    private static final int UNASKED_BYTES = 256;

    private Contexts() {}

    /** For one certificate; the handshake offers it to whoever comes. */
    static SslContext server(Engine engine, Material material, int credential, List<String> protocols)
            throws SSLException {
        TlsOptions options = material.options();
        Credential own = material.credentials().get(credential);
        SslContextBuilder builder = SslContextBuilder.forServer(own.key(), own.chain())
                .clientAuth(
                        switch (options.clientAuthentication()) {
                            case NONE -> ClientAuth.NONE;
                            case OPTIONAL -> ClientAuth.OPTIONAL;
                            case REQUIRED -> ClientAuth.REQUIRE;
                        })
                .sessionTimeout(TicketSecrets.PERIOD.toSeconds());
        if (options.clientAuthentication() != ClientAuthentication.NONE) {
            builder.trustManager(
                    new PeerTrust(issuers(material), PeerTrust.anyOf(options.domains()), Refusal.by(engine)));
        }
        return lean(common(builder, engine, options, protocols).build());
    }

    /** For connections that we make; our certificate goes along if there is one and the server asks. */
    static SslContext client(Engine engine, Material material, PeerTrust.NameCheck names, List<String> protocols)
            throws SSLException {
        TlsOptions options = material.options();
        TrustManager trust = options.verification() == TlsOptions.Verification.OFF
                ? InsecureTrustManagerFactory.INSTANCE.getTrustManagers()[0]
                : new PeerTrust(issuers(material), names, Refusal.by(engine));
        SslContextBuilder builder = SslContextBuilder.forClient()
                .trustManager(trust)
                // Names are the business of PeerTrust.
                .endpointIdentificationAlgorithm(null);
        if (!material.credentials().isEmpty()) {
            Credential own = material.credentials().get(0);
            builder.keyManager(own.key(), own.chain());
        }
        return lean(common(builder, engine, options, protocols).build());
    }

    /**
     * Has a connection keep less. The buffer is for what BoringSSL has to say while nothing of Java's is there to hold it: the
     * first bytes of a flight of the handshake, of which the rest follows into Java's buffer, and alerts.
     */
    private static SslContext lean(SslContext made) {
        if (made instanceof ReferenceCountedOpenSslContext openSsl) {
            openSsl.setBioNonApplicationBufferSize(UNASKED_BYTES);
        }
        return made;
    }

    private static SslContextBuilder common(
            SslContextBuilder builder, Engine engine, TlsOptions options, List<String> protocols) {
        List<String> ciphers = new ArrayList<>(CipherSuites.TLS_1_3);
        ciphers.addAll(options.ciphers().isEmpty() ? CipherSuites.RECOMMENDED : options.ciphers());
        builder.sslProvider(engine.provider())
                .protocols(options.minVersion().andAbove())
                .ciphers(ciphers, SupportedCipherSuiteFilter.INSTANCE);
        if (!protocols.isEmpty()) {
            builder.applicationProtocolConfig(new ApplicationProtocolConfig(
                    ApplicationProtocolConfig.Protocol.ALPN,
                    ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                    ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                    protocols));
        }
        return builder;
    }

    private static X509TrustManager issuers(Material material) {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(material.options().trusted().isPresent() ? store(material.trusted()) : null);
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509TrustManager x509) {
                    return x509;
                }
            }
            throw new IllegalStateException("trust manager: none (expected: one for X.509 in every Java)");
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("trusted: unusable (expected: certificates that were parsed)", e);
        }
    }

    private static KeyStore store(List<X509Certificate> trusted) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        for (int i = 0; i < trusted.size(); i++) {
            store.setCertificateEntry("authority-" + i, trusted.get(i));
        }
        return store;
    }

    /** Sets what session tickets are encrypted with; only BoringSSL lets itself be told. */
    static void tickets(SslContext context, List<OpenSslSessionTicketKey> keys) {
        if (context instanceof ReferenceCountedOpenSslServerContext server && !keys.isEmpty()) {
            server.sessionContext().setTicketKeys(keys.toArray(OpenSslSessionTicketKey[]::new));
        }
    }

    /** No ticket is given on this connection, and none taken. */
    static void refuseResumption(SSLEngine engine) {
        if (engine instanceof ReferenceCountedOpenSslEngine openSsl) {
            SSL.setOptions(openSsl.sslPointer(), SSL.SSL_OP_NO_TICKET);
        }
    }
}
