package org.strowger.proxy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.strowger.proxy.config.KeyMaterial;
import org.strowger.proxy.config.StrowgerConfig;
import org.strowger.proxy.config.TlsConfig;
import org.strowger.proxy.tls.KeyPairFiles;
import org.strowger.proxy.tls.TicketSecrets;
import org.strowger.proxy.tls.TlsOptions;

/** What the TLS store is to know of a configuration. */
final class TlsSections {
    /** Of the pools that name none; no section of a file has this name. */
    static final String DEFAULT = "(default)";

    private TlsSections() {}

    static List<TlsOptions> of(StrowgerConfig config) {
        List<TlsOptions> sections = new ArrayList<>();
        config.tls().forEach(section -> sections.add(options(section)));
        sections.add(TlsOptions.of(DEFAULT));
        return sections;
    }

    private static TlsOptions options(TlsConfig section) {
        List<KeyPairFiles> pairs = new ArrayList<>();
        if (section.certificate().isPresent() && section.key().isPresent()) {
            pairs.add(
                    new KeyPairFiles(section.certificate().get(), section.key().get()));
        }
        section.certificates().forEach(one -> pairs.add(new KeyPairFiles(one.certificate(), one.key())));
        return new TlsOptions(
                section.name(),
                pairs,
                section.clientAuth(),
                section.trusted(),
                section.domains(),
                section.minVersion(),
                section.ciphers(),
                section.verify() ? TlsOptions.Verification.ON : TlsOptions.Verification.OFF,
                section.serverName(),
                section.handshakeTimeout(),
                section.handshakes(),
                section.resumption() ? TlsOptions.Resumption.ON : TlsOptions.Resumption.OFF);
    }

    static TicketSecrets secrets(StrowgerConfig config) {
        return new TicketSecrets(Stream.of(config.clusterKey(), config.previousClusterKey())
                .flatMap(Optional::stream)
                .map(KeyMaterial::bytes)
                .toList());
    }
}
