package org.strowger.proxy.tls;

import io.netty.util.concurrent.Ticker;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.threading.RunsOn;

/**
 * All sections of {@code tls} by name, with what their files hold. {@link #prepare} reads the files of a configuration and
 * {@link #use} puts it in force; {@link #poll} takes over what has changed in the files since. Connections that are open are
 * not touched by either. These three block; everything else does not.
 */
@RunsOn(RunsOn.Runner.ANY)
public final class TlsStore implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TlsStore.class);

    private final Engine engine;
    private final Ticker ticker;
    private final Supplier<Instant> clock;
    private final TlsTotals totals = new TlsTotals();
    private final ExpiryWarnings warnings = new ExpiryWarnings();
    private final Map<String, Section> sections = new ConcurrentHashMap<>();
    private final Map<String, ServerTls> servers = new ConcurrentHashMap<>();
    private final Map<String, Watched> watched = new LinkedHashMap<>();
    private TicketSecrets secrets = TicketSecrets.none();
    private long period;

    /** What is known of the files of a section. */
    private record Watched(FileStamps stamps, boolean isSettled, String failure) {}

    /** A configuration whose files have been read, to be put in force or dropped. */
    public static final class Prepared {
        private final Map<String, Generation> generations = new LinkedHashMap<>();
        private final Map<String, Watched> stamps = new LinkedHashMap<>();
        private final TicketSecrets secrets;
        private final long period;

        private Prepared(TicketSecrets secrets, long period) {
            this.secrets = secrets;
            this.period = period;
        }

        /** Frees what was prepared and is not wanted. */
        public void drop() {
            generations.values().forEach(Generation::release);
        }
    }

    /**
     * An empty store.
     *
     * @param clock the time of day, for certificates and tickets
     */
    public TlsStore(Engine engine, Ticker ticker, Supplier<Instant> clock) {
        this.engine = engine;
        this.ticker = ticker;
        this.clock = clock;
    }

    /**
     * Reads all files of these sections.
     *
     * @throws TlsFileException when one cannot be used; nothing has changed then
     */
    public Prepared prepare(List<TlsOptions> wanted, TicketSecrets ticketSecrets) throws TlsFileException {
        Instant now = clock.get();
        Prepared prepared = new Prepared(ticketSecrets, TicketSecrets.period(now));
        try {
            for (TlsOptions options : wanted) {
                FileStamps stamps = FileStamps.of(options);
                Generation made = generation(Material.load(options), ticketSecrets, prepared.period);
                prepared.generations.put(options.name(), made);
                prepared.stamps.put(options.name(), new Watched(stamps, stamps.isSettled(now), ""));
            }
        } catch (TlsFileException | RuntimeException e) {
            prepared.drop();
            throw e;
        }
        return prepared;
    }

    /** Puts a configuration in force. Sections that it has no more stay for those who still use them. */
    public synchronized void use(Prepared prepared) {
        secrets = prepared.secrets;
        period = prepared.period;
        watched.keySet().retainAll(prepared.generations.keySet());
        watched.putAll(prepared.stamps);
        prepared.generations.forEach((name, generation) -> {
            Section section = section(name);
            boolean sameLimit = !section.isEmpty()
                    && section.present().material().options().handshakesPerSecond()
                            == generation.material().options().handshakesPerSecond();
            section.replace(generation);
            if (!sameLimit) {
                server(name).limit(limit(generation));
            }
        });
    }

    /** For listeners. May be asked for before the section is put in force, but not used. */
    public ServerTls server(String name) {
        return servers.computeIfAbsent(
                name, missing -> new ServerTls(section(missing), totals, clock, new HandshakeLimit(0, ticker)));
    }

    /** For connections that we make. May be asked for before the section is put in force, but not used. */
    public ClientTls client(String name, ClientTls.Names names) {
        return new ClientTls(section(name), names, totals, clock);
    }

    public TlsTotals totals() {
        return totals;
    }

    /** Of every certificate in force. */
    public synchronized List<CertificateExpiry> expiries() {
        List<CertificateExpiry> all = new ArrayList<>();
        for (String name : watched.keySet()) {
            for (Credential own : section(name).present().material().credentials()) {
                all.add(new CertificateExpiry(name, own.files().certificate(), own.expires()));
            }
        }
        return all;
    }

    /** Takes over files that have changed and fit together, changes the keys of tickets when it is time, warns of expiry. */
    public synchronized void poll() {
        Instant now = clock.get();
        for (String name : List.copyOf(watched.keySet())) {
            poll(name, now);
        }
        long nowPeriod = TicketSecrets.period(now);
        if (nowPeriod != period) {
            period = nowPeriod;
            watched.keySet().forEach(name -> section(name).present().rotate(secrets, nowPeriod));
        }
        expiries().forEach(expiry -> warnings.look(expiry, now));
    }

    private void poll(String name, Instant now) {
        Generation before = section(name).present();
        TlsOptions options = before.material().options();
        Watched last = watched.get(name);
        FileStamps stamps = FileStamps.of(options);
        if (!stamps.isQuiet(now)
                || (last != null && last.isSettled() && last.stamps().equals(stamps))) {
            return;
        }
        String failure = "";
        try {
            Material read = Material.load(options);
            if (!FileStamps.of(options).equals(stamps)) {
                return;
            }
            if (!read.fingerprint().equals(before.material().fingerprint())) {
                failure = expired(read, now);
                if (failure.isEmpty()) {
                    swap(name, before, read);
                }
            }
        } catch (TlsFileException | SSLException e) {
            failure = String.valueOf(e.getMessage());
        }
        if (!failure.isEmpty() && (last == null || !failure.equals(last.failure()))) {
            totals.swapFailed();
            log.warn(
                    "tls.{}: the files have changed and cannot be used, the old ones stay in force: {}", name, failure);
        }
        watched.put(name, new Watched(stamps, failure.isEmpty() && stamps.isSettled(now), failure));
    }

    private void swap(String name, Generation before, Material read) throws SSLException {
        Generation next = new Generation(engine, read, secrets, period);
        try {
            next.prepare(before);
        } catch (SSLException | RuntimeException e) {
            next.release();
            throw e;
        }
        section(name).replace(next);
        totals.swapped();
        log.info("tls.{}: certificates taken over from changed files", name);
    }

    /** No certificate takes the place of another one when it has expired already. */
    private static String expired(Material read, Instant now) {
        return read.credentials().stream()
                .filter(own -> own.expires().isBefore(now))
                .map(own ->
                        own.files().certificate() + ": expired " + own.expires() + " (expected: a valid certificate)")
                .findFirst()
                .orElse("");
    }

    private Generation generation(Material material, TicketSecrets ticketSecrets, long atPeriod)
            throws TlsFileException {
        Generation made = new Generation(engine, material, ticketSecrets, atPeriod);
        try {
            made.prepare();
            return made;
        } catch (SSLException e) {
            made.release();
            throw new TlsFileException(
                    material.credentials().get(0).files().certificate(),
                    "refused by the TLS library, " + e.getMessage(),
                    "a certificate and key that it can use");
        }
    }

    private HandshakeLimit limit(Generation generation) {
        return new HandshakeLimit(generation.material().options().handshakesPerSecond(), ticker);
    }

    private Section section(String name) {
        return sections.computeIfAbsent(name, missing -> new Section());
    }

    /** Frees the contexts; connections that are open keep theirs. */
    @Override
    public synchronized void close() {
        sections.values().stream()
                .filter(section -> !section.isEmpty())
                .forEach(section -> section.present().release());
        sections.clear();
        watched.clear();
    }
}
