package org.strowger.proxy;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.discovery.Backend;
import org.strowger.discovery.dns.Reach;
import org.strowger.proxy.config.ListenerConfig;
import org.strowger.proxy.config.PoolConfig;
import org.strowger.proxy.config.StrowgerConfig;
import org.strowger.proxy.control.Installation;
import org.strowger.proxy.control.ListenerStatus;
import org.strowger.proxy.control.ManagedMember;
import org.strowger.proxy.control.PoolMembers;
import org.strowger.proxy.http.HttpPicture;
import org.strowger.proxy.http.HttpRules;
import org.strowger.proxy.metrics.BackendCounterTable;
import org.strowger.proxy.metrics.LatencyTable;
import org.strowger.proxy.routing.RoutingSnapshot;
import org.strowger.proxy.routing.RuleSet;
import org.strowger.proxy.routing.SnapshotPublisher;
import org.strowger.proxy.tls.TlsFileException;
import org.strowger.proxy.tls.TlsStore;
import org.strowger.threading.RunsOn;

/**
 * Puts a configuration in force, the first one and each after it: opens what is new, publishes the snapshot, closes what
 * is gone. A message sees the one or the other, and one that was received before is still answered by what is closed.
 */
@RunsOn(RunsOn.Runner.CONTROL)
final class Installer implements Installation {
    private static final Logger log = LoggerFactory.getLogger(Installer.class);

    /** How long an INVITE may be repeated, and then ring until its CANCEL: as in decision 0013. */
    private static final Duration CANCELLABLE = Duration.ofSeconds(32 + 300);

    private final Sockets sockets;
    private final Relays relays;
    private final List<LoopFactory.Loop> perLoop;
    private final SnapshotPublisher publisher;
    private final BackendCounterTable counters;
    private final LatencyTable latencies;
    private final HealthService health;
    private final PoolStates pools;
    private final TlsStore tls;
    private final BackendTls backendTls;
    private final ListenerStates states = new ListenerStates();
    private ListenerNumbers numbers = new ListenerNumbers(List.of());
    private RuleSet rules = RuleSet.NONE;
    private HttpRules httpRules = new HttpRules(List.of());
    private BiConsumer<HttpPicture, LongPredicate> onPicture = (picture, known) -> {};
    private volatile Keys keys;
    private Consumer<StrowgerConfig> onInstalled = config -> {};
    /** Written on the control loop; any thread reads. */
    private volatile InForce inForce;

    /** What the present snapshot is made of. */
    record InForce(StrowgerConfig config, List<PoolMembers> members, List<Backend> leaving) {

        InForce {
            members = List.copyOf(members);
            leaving = List.copyOf(leaving);
        }
    }

    /** @param first still to be put in force, by {@link #open} */
    Installer(
            Listeners listeners,
            List<LoopFactory.Loop> perLoop,
            SnapshotPublisher publisher,
            Watched watched,
            Encryption encryption,
            PoolStates pools,
            First first) {
        this.sockets = listeners.sockets();
        this.relays = listeners.relays();
        this.perLoop = List.copyOf(perLoop);
        this.publisher = publisher;
        this.counters = watched.counters();
        this.latencies = watched.latencies();
        this.health = watched.health();
        this.pools = pools;
        this.tls = encryption.store();
        this.backendTls = encryption.backends();
        this.keys = first.keys();
        this.inForce = new InForce(first.config(), first.members(), List.of());
    }

    /** What messages come in by, and all else. */
    record Listeners(Sockets sockets, Relays relays) {}

    /** Where backends are counted and watched. */
    record Watched(BackendCounterTable counters, LatencyTable latencies, HealthService health) {}

    /** Where certificates are. */
    record Encryption(TlsStore store, BackendTls backends) {}

    /** What a process begins with. */
    record First(StrowgerConfig config, List<PoolMembers> members, Keys keys) {}

    /** The keys that cookies are signed with; any thread. */
    Keys keys() {
        return keys;
    }

    InForce inForce() {
        return inForce;
    }

    /** Before the first change. */
    void onInstalled(Consumer<StrowgerConfig> listener) {
        onInstalled = listener;
    }

    /**
     * Gets each picture of the HTTP side, before its requests come, and the identities of the backends that may keep what they
     * have; to be set before {@link #open}.
     */
    void onPicture(BiConsumer<HttpPicture, LongPredicate> reader) {
        onPicture = reader;
    }

    /** Opens all sockets and serves. */
    void open() throws IOException {
        StrowgerConfig config = inForce.config();
        numbers = numbers.with(names(config));
        useTls(inForce, prepareTls(config));
        FreePorts.check(config.listeners(), perLoop.size());
        // UDP first: the backends' ports have to be known before a connection brings a message.
        for (ListenerConfig listener : config.listeners().stream()
                .sorted((a, b) -> a.transport().compareTo(b.transport()))
                .toList()) {
            sockets.install(sockets.open(listener, numbers.of(listener.name()), config));
        }
        sockets.openBackendPorts(addresses(inForce), config);
        List<Relays.Open> relaying = relays.openNew(config, Set.of());
        // Probes are on their way before the first message is read; who was not probed yet is used.
        watch();
        publish();
        sockets.serve();
        sockets.listening().forEach(Installer::announce);
        relays.use(config, relaying);
    }

    private static void announce(Sockets.Listening listener) {
        log.info(
                "listening on {}:{} ({})",
                listener.config().transport().name().toLowerCase(java.util.Locale.ROOT),
                Faces.hostPort(listener.bound().getAddress(), listener.bound().getPort()),
                listener.config().name());
    }

    @Override
    public void install(StrowgerConfig config, List<PoolMembers> members, List<Backend> leaving) throws IOException {
        InForce before = inForce;
        InForce next = new InForce(config, members, leaving);
        ListenerNumbers nextNumbers = numbers.with(names(config));
        TlsStore.Prepared certificates = prepareTls(config);
        Opened opened = openAll(config, nextNumbers, next, certificates);
        // From here on nothing fails.
        List<Sockets.Listening> gone = gone(config, opened.listening());
        Keys nextKeys = config.clusterKey().isPresent() ? Keys.of(config) : keys;
        perLoop.forEach(loop -> run(loop, () -> loop.codec().alsoAccept(nextKeys.current())));
        numbers = nextNumbers;
        inForce = next;
        useTls(next, certificates);
        config.listeners().forEach(this::update);
        opened.listening().forEach(sockets::install);
        watch();
        publish();
        sockets.serve();
        applyToLoops(config, nextKeys);
        if (!before.config().logging().equals(config.logging())) {
            LogSetup.apply(config.logging());
        }
        opened.listening().forEach(Installer::announce);
        relays.use(config, opened.relaying()).forEach(states::closed);
        gone.forEach(this::close);
        if (!gone.isEmpty()) {
            publish();
        }
        keys = nextKeys;
        List<String> backends = ids(next);
        pools.retain(config.pools().stream().map(PoolConfig::name).toList(), backends);
        counters.retain(backends);
        latencies.retain(HttpFactory.pools(config));
        onInstalled.accept(config);
    }

    /** What a configuration has opened, and nobody hears yet. */
    private record Opened(List<Sockets.Listening> listening, List<Relays.Open> relaying) {}

    private Opened openAll(
            StrowgerConfig config, ListenerNumbers nextNumbers, InForce next, TlsStore.Prepared certificates)
            throws IOException {
        List<Sockets.Listening> opened = List.of();
        try {
            opened = openNew(config, nextNumbers);
            sockets.openBackendPorts(addresses(next), config);
            return new Opened(opened, relays.openNew(config, held()));
        } catch (IOException | RuntimeException e) {
            opened.forEach(sockets::close);
            certificates.drop();
            throw e;
        }
    }

    /** Reads the certificates. They were good a moment ago, when the configuration was read. */
    private TlsStore.Prepared prepareTls(StrowgerConfig config) throws IOException {
        try {
            return tls.prepare(TlsSections.of(config), TlsSections.secrets(config));
        } catch (TlsFileException e) {
            throw new IOException("tls: " + e.getMessage(), e);
        }
    }

    private void useTls(InForce now, TlsStore.Prepared certificates) {
        tls.use(certificates);
        backendTls.use(now.config(), now.members(), now.leaving());
    }

    /** The same configuration and members again, because something else that the snapshot shows has changed. */
    void publish() {
        RoutingSnapshot snapshot = new SnapshotBuilder(
                        inForce.config(), sockets.faces(), sockets.backendPorts(), counters)
                .build(inForce.members(), inForce.leaving(), pools, rules, health);
        publisher.publish(snapshot);
        relays.show(inForce.config(), snapshot);
        onPicture.accept(
                HttpFactory.picture(inForce.config(), httpRules, snapshot, latencies),
                HttpFactory.kept(inForce.members(), inForce.leaving()));
    }

    /** Compiles the rules, and has the members watched that there are now, with what people want of them. */
    private void watch() {
        InForce now = inForce;
        rules = Rules.of(now.config(), numbers);
        httpRules = HttpFactory.rules(now.config(), numbers);
        List<WatchedPool> watched = new ArrayList<>();
        for (int i = 0; i < now.members().size(); i++) {
            List<Backend> backends = now.members().get(i).members().stream()
                    .map(ManagedMember::backend)
                    .toList();
            watched.add(WatchedPool.of(now.config().pools().get(i), backends));
        }
        health.follow(watched);
        now.members()
                .forEach(pool -> pool.members()
                        .forEach(member ->
                                health.admin(pool.pool(), member.backend().id(), member.admin(), member.cause())));
    }

    private List<Sockets.Listening> openNew(StrowgerConfig config, ListenerNumbers next) throws IOException {
        List<ListenerConfig> wanted = config.listeners().stream()
                .filter(listener -> sockets.find(listener.name())
                        .filter(open -> open.serves(listener))
                        .isEmpty())
                .toList();
        FreePorts.check(wanted, perLoop.size(), held());
        List<Sockets.Listening> opened = new ArrayList<>();
        try {
            for (ListenerConfig listener : wanted) {
                opened.add(openOne(listener, next.of(listener.name()), config));
            }
        } catch (IOException | RuntimeException e) {
            opened.forEach(sockets::close);
            throw e;
        }
        return opened;
    }

    /** The ports that are ours already: what is spoken there may change in one step. */
    private Set<FreePorts.Held> held() {
        return Stream.concat(
                        sockets.faces().stream().map(face -> FreePorts.Held.by(face.transport(), face.bound())),
                        relays.all().stream()
                                .map(one -> FreePorts.Held.by(
                                        one.config().transport().carried(),
                                        one.listener().localAddress())))
                .collect(Collectors.toUnmodifiableSet());
    }

    private Sockets.Listening openOne(ListenerConfig listener, int number, StrowgerConfig config) throws IOException {
        try {
            return sockets.open(listener, number, config);
        } catch (IOException e) {
            throw new IOException(
                    "listeners." + listener.name() + ".bind: " + e.getMessage()
                            + " (expected: an address and port that are free)",
                    e);
        }
    }

    /** Those that the configuration has no more, and those whose place an opened one takes. */
    private List<Sockets.Listening> gone(StrowgerConfig config, List<Sockets.Listening> opened) {
        Set<String> names = new TreeSet<>(names(config));
        opened.forEach(replacement -> names.remove(replacement.config().name()));
        return sockets.listening().stream()
                .filter(listener -> !names.contains(listener.config().name()))
                .toList();
    }

    /** Settings of a listener whose socket stays. */
    private void update(ListenerConfig listener) {
        sockets.find(listener.name())
                .filter(open -> open.serves(listener))
                .ifPresent(open -> sockets.update(open.with(listener), inForce.config()));
    }

    /** What each loop keeps for itself: keys, settings of connections to backends, what names are looked up for. */
    private void applyToLoops(StrowgerConfig config, Keys nextKeys) {
        Reach reach = LoopFactory.reach(config.listeners());
        for (LoopFactory.Loop loop : perLoop) {
            run(loop, () -> {
                int change = loop.codec().use(nextKeys.current(), nextKeys.previous());
                var unused = loop.flows()
                        .loop()
                        .schedule(() -> loop.codec().settle(change), CANCELLABLE.toSeconds(), TimeUnit.SECONDS);
                loop.connections().use(LoopFactory.connectionOptions(config.tcp()));
                loop.connector().use(LoopFactory.webSocket(config));
                loop.names().reach(reach);
            });
        }
    }

    private void close(Sockets.Listening gone) {
        sockets.uninstall(gone);
        states.closed(gone);
        sockets.close(gone, inForce.config().websocket().drain());
        log.info(
                "no longer listening on {}:{} ({})",
                gone.config().transport().name().toLowerCase(java.util.Locale.ROOT),
                Faces.hostPort(gone.bound().getAddress(), gone.bound().getPort()),
                gone.config().name());
    }

    private static void run(LoopFactory.Loop loop, Runnable task) {
        loop.flows().loop().submit(task).syncUninterruptibly();
    }

    private static List<String> names(StrowgerConfig config) {
        return config.listeners().stream().map(ListenerConfig::name).toList();
    }

    private static Stream<Backend> backends(InForce of) {
        return Stream.concat(
                of.members().stream().flatMap(pool -> pool.members().stream()).map(ManagedMember::backend),
                of.leaving().stream());
    }

    private static Set<InetAddress> addresses(InForce of) {
        Set<InetAddress> addresses = new LinkedHashSet<>();
        backends(of).forEach(backend -> addresses.add(backend.address().getAddress()));
        return addresses;
    }

    private static List<String> ids(InForce of) {
        return backends(of).map(Backend::id).toList();
    }

    @Override
    public List<ListenerStatus> listeners() {
        return states.now(sockets, relays);
    }

    @Override
    public String balance(StrowgerConfig config, String pool) {
        return config.pools().stream()
                .filter(one -> one.name().equals(pool))
                .findFirst()
                .map(one -> PoolStates.text(one.balance()))
                .orElseThrow();
    }
}
