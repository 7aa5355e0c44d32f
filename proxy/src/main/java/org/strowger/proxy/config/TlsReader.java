package org.strowger.proxy.config;

import com.typesafe.config.ConfigObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.strowger.proxy.tls.CipherSuites;
import org.strowger.proxy.tls.ClientAuthentication;
import org.strowger.proxy.tls.TlsVersion;
import org.strowger.threading.RunsOn;

/** Reads {@code tls}, and whether its files can be used. */
@RunsOn(RunsOn.Runner.CONTROL)
final class TlsReader {
    private static final String DOMAIN = "a host name";

    private final ConfigObject defaults;
    private final ConfigObject certificateDefaults;
    private final Syntax<Path> path;
    private final Problems problems;
    private final TlsFileCheck files;

    TlsReader(ConfigObject defaults, ConfigObject certificateDefaults, Path folder, Problems problems) {
        this.defaults = defaults;
        this.certificateDefaults = certificateDefaults;
        this.path = FilePath.in(folder);
        this.problems = problems;
        this.files = new TlsFileCheck(problems);
    }

    List<TlsConfig> read(Section sections) {
        List<Located> entries = sections.entries();
        List<String> names = sections.names();
        List<TlsConfig> read = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            String name = names.get(i);
            boolean named = Names.isGood(name, entries.get(i), problems);
            sections.entry(entries.get(i), defaults)
                    .map(section -> one(name, section))
                    .filter(one -> named)
                    .ifPresent(read::add);
        }
        return read;
    }

    private TlsConfig one(String name, Section section) {
        section.refuseUnknownKeys();
        Optional<Path> certificate = section.find("certificate", path);
        Optional<Path> key = section.find("key", path);
        pair(section, certificate, key);
        List<CertificateConfig> further = further(section);
        ClientAuthentication clientAuth = section.read("client-auth", Syntax.oneOf(ClientAuthentication.class));
        Optional<Path> trusted = section.find("trusted", path);
        trusted.ifPresent(file -> files.authorities(section.placeOf("trusted"), file));
        List<String> domains = domains(section);
        TlsVersion minVersion = section.read("min-version", versions());
        List<String> ciphers = ciphers(section);
        boolean verify = section.read("verify", Syntax.flag());
        Optional<String> serverName = section.find("server-name", domain());
        Duration timeout = section.read("handshake-timeout", Syntax.duration("100ms", "1m"));
        int handshakes = section.read("handshakes", Syntax.integer(1, 1_000_000).orWord("off", 0));
        boolean resumption = section.read("resumption", Syntax.flag());
        checkClients(section, clientAuth, trusted, domains);
        boolean whole = certificate.isPresent() && key.isPresent();
        return new TlsConfig(
                name,
                whole ? certificate : Optional.empty(),
                whole ? key : Optional.empty(),
                further,
                clientAuth,
                trusted,
                domains,
                minVersion,
                ciphers,
                verify,
                serverName,
                timeout,
                handshakes,
                resumption);
    }

    /** Both or none, and they fit each other. */
    private void pair(Section section, Optional<Path> certificate, Optional<Path> key) {
        boolean hasCertificate = section.written("certificate").isPresent();
        boolean hasKey = section.written("key").isPresent();
        if (hasCertificate != hasKey) {
            String lacking = hasKey ? "certificate" : "key";
            problems.expected(section.placeOf(lacking), "missing", path.expected());
        } else if (certificate.isPresent() && key.isPresent()) {
            files.pair(section.placeOf("certificate"), certificate.get(), section.placeOf("key"), key.get());
        }
    }

    private List<CertificateConfig> further(Section section) {
        List<CertificateConfig> read = new ArrayList<>();
        for (Located element : section.elements("certificates")) {
            Optional<Section> keys = section.entry(element, certificateDefaults);
            if (keys.isEmpty()) {
                continue;
            }
            keys.get().refuseUnknownKeys();
            Optional<Path> certificate = keys.get().require("certificate", path);
            Optional<Path> key = keys.get().require("key", path);
            if (certificate.isPresent() && key.isPresent()) {
                files.pair(
                        keys.get().placeOf("certificate"),
                        certificate.get(),
                        keys.get().placeOf("key"),
                        key.get());
                read.add(new CertificateConfig(certificate.get(), key.get()));
            }
        }
        if (!read.isEmpty() && section.written("certificate").isEmpty()) {
            problems.expected(
                    section.placeOf("certificate"), "missing", "the one for clients that ask for no name, or another");
        }
        return read;
    }

    private void checkClients(
            Section section, ClientAuthentication clientAuth, Optional<Path> trusted, List<String> domains) {
        if (clientAuth != ClientAuthentication.NONE
                && trusted.isEmpty()
                && section.written("trusted").isEmpty()) {
            problems.expected(
                    section.placeOf("trusted"),
                    "missing",
                    "the authorities of the clients' certificates, for client-auth");
        }
        if (clientAuth == ClientAuthentication.NONE && !domains.isEmpty()) {
            problems.warning(section.placeOf("domains"), "set", "no effect: client-auth is none");
        }
    }

    private List<String> domains(Section section) {
        List<String> read = new ArrayList<>();
        for (Located element : section.oneOrMore("domains")) {
            section.parse(element, domain()).ifPresent(read::add);
        }
        return read;
    }

    private static Syntax<String> domain() {
        return Syntax.of(
                DOMAIN,
                text -> AddressSyntax.isHostName(text)
                        ? new Parsed.Ok<>(text.toLowerCase(Locale.ROOT))
                        : new Parsed.Bad<>(DOMAIN));
    }

    private static Syntax<TlsVersion> versions() {
        Map<String, TlsVersion> words = new LinkedHashMap<>();
        words.put("1.2", TlsVersion.TLS_1_2);
        words.put("1.3", TlsVersion.TLS_1_3);
        return Syntax.oneOf(words);
    }

    private static List<String> ciphers(Section section) {
        Map<String, String> words = new LinkedHashMap<>();
        CipherSuites.RECOMMENDED.forEach(suite -> words.put(suite, suite));
        List<String> read = new ArrayList<>();
        for (Located element : section.oneOrMore("ciphers")) {
            section.parse(element, Syntax.oneOf(words)).ifPresent(read::add);
        }
        return read;
    }
}
