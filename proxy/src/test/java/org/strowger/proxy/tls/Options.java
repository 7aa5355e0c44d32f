package org.strowger.proxy.tls;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A section in the making. */
final class Options {
    private final String name;
    private final List<KeyPairFiles> pairs;
    private ClientAuthentication clients = ClientAuthentication.NONE;
    private Optional<Path> trusted = Optional.empty();
    private List<String> domains = List.of();
    private TlsOptions.Verification verification = TlsOptions.Verification.ON;
    private TlsOptions.Resumption resumption = TlsOptions.Resumption.ON;

    Options(String name, KeyPairFiles... pairs) {
        this.name = name;
        this.pairs = List.of(pairs);
    }

    Options clients(ClientAuthentication asked) {
        clients = asked;
        return this;
    }

    Options trusted(Path authorities) {
        trusted = Optional.of(authorities);
        return this;
    }

    Options domains(String... allowed) {
        domains = List.of(allowed);
        return this;
    }

    Options verification(TlsOptions.Verification servers) {
        verification = servers;
        return this;
    }

    Options resumption(TlsOptions.Resumption sessions) {
        resumption = sessions;
        return this;
    }

    TlsOptions make() {
        return new TlsOptions(
                name,
                pairs,
                clients,
                trusted,
                domains,
                TlsVersion.TLS_1_2,
                List.of(),
                verification,
                Optional.empty(),
                Duration.ofSeconds(5),
                0,
                resumption);
    }
}
