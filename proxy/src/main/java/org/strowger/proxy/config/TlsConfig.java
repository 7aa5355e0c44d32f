package org.strowger.proxy.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.strowger.proxy.tls.ClientAuthentication;
import org.strowger.proxy.tls.TlsVersion;

/**
 * A section of {@code tls}: the keys of an end of TLS, and how it behaves.
 *
 * @param name unique among sections
 * @param certificate PEM, the chain; empty where we show none
 * @param key PEM; present with the certificate
 * @param certificates further ones, for other names
 * @param clientAuth what clients are asked for
 * @param trusted PEM of the authorities; empty: those of the system
 * @param domains one of which a client's certificate has to name; empty: any
 * @param minVersion of TLS
 * @param ciphers of TLS 1.2; empty: the recommended ones
 * @param verify whether servers have to prove who they are
 * @param serverName which name they have to prove; empty: what they were reached by
 * @param handshakeTimeout of both ends
 * @param handshakes accepted in a second; 0: any number
 * @param resumption whether sessions are taken up again
 */
public record TlsConfig(
        String name,
        Optional<Path> certificate,
        Optional<Path> key,
        List<CertificateConfig> certificates,
        ClientAuthentication clientAuth,
        Optional<Path> trusted,
        List<String> domains,
        TlsVersion minVersion,
        List<String> ciphers,
        boolean verify,
        Optional<String> serverName,
        Duration handshakeTimeout,
        int handshakes,
        boolean resumption) {

    public TlsConfig {
        certificates = List.copyOf(certificates);
        domains = List.copyOf(domains);
        ciphers = List.copyOf(ciphers);
        Require.that(certificate.isPresent() == key.isPresent(), "key", key, "a key for the certificate");
    }
}
