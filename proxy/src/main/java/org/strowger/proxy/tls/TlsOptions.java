package org.strowger.proxy.tls;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One section of {@code tls}.
 *
 * @param name of the section
 * @param pairs certificates with their keys, the default first; the name that a client asks for (SNI) chooses. A section
 *     that only backends use needs none
 * @param clientAuthentication what listeners ask of clients
 * @param trusted PEM file of the authorities whose certificates are accepted; empty: those of the system
 * @param domains SIP domains one of which a client's certificate has to name (RFC 5922); empty: any
 * @param minVersion of TLS
 * @param ciphers of TLS 1.2, by their IANA names; empty: {@link CipherSuites#RECOMMENDED}
 * @param verification whether the certificates of servers are checked
 * @param serverName which name servers have to prove; empty: the one that they were reached by
 * @param handshakeTimeout a handshake not ended within this time has failed
 * @param handshakesPerSecond accepted by the listeners of this section together; 0: any number
 * @param resumption whether sessions are resumed
 */
public record TlsOptions(
        String name,
        List<KeyPairFiles> pairs,
        ClientAuthentication clientAuthentication,
        Optional<Path> trusted,
        List<String> domains,
        TlsVersion minVersion,
        List<String> ciphers,
        Verification verification,
        Optional<String> serverName,
        Duration handshakeTimeout,
        int handshakesPerSecond,
        Resumption resumption) {

    /** Whether a server has to prove who it is. */
    public enum Verification {
        ON,
        OFF
    }

    /** Whether a client may take up an earlier session without a certificate being sent again. */
    public enum Resumption {
        ON,
        OFF
    }

    public TlsOptions {
        pairs = List.copyOf(pairs);
        domains = List.copyOf(domains);
        ciphers = List.copyOf(ciphers);
        if (handshakeTimeout.isZero() || handshakeTimeout.isNegative()) {
            throw new IllegalArgumentException("handshakeTimeout: " + handshakeTimeout + " (expected: more than 0)");
        }
        if (handshakesPerSecond < 0) {
            throw new IllegalArgumentException(
                    "handshakesPerSecond: " + handshakesPerSecond + " (expected: 0 or more)");
        }
    }

    /** With the defaults of every setting, for a listener of one certificate. */
    public static TlsOptions of(String name, KeyPairFiles... pairs) {
        return new TlsOptions(
                name,
                List.of(pairs),
                ClientAuthentication.NONE,
                Optional.empty(),
                List.of(),
                TlsVersion.TLS_1_2,
                List.of(),
                Verification.ON,
                Optional.empty(),
                Duration.ofSeconds(5),
                1000,
                Resumption.ON);
    }
}
