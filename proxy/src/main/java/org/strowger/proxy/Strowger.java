package org.strowger.proxy;

import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Ticker;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.strowger.proxy.admin.Heartbeats;
import org.strowger.proxy.balancing.BackendLoads;
import org.strowger.proxy.balancing.Measurements;
import org.strowger.proxy.calls.CallLeases;
import org.strowger.proxy.config.StrowgerConfig;
import org.strowger.proxy.control.ConfigFile;
import org.strowger.proxy.control.ControlDesk;
import org.strowger.proxy.control.Figures;
import org.strowger.proxy.control.Operations;
import org.strowger.proxy.control.Timing;
import org.strowger.proxy.explain.Explainer;
import org.strowger.proxy.http.HttpExplainer;
import org.strowger.proxy.metrics.BackendCounter;
import org.strowger.proxy.metrics.BackendCounterTable;
import org.strowger.proxy.metrics.CounterRegistry;
import org.strowger.proxy.metrics.MetricName;
import org.strowger.proxy.metrics.Scrape;
import org.strowger.proxy.relay.RelayExplainer;
import org.strowger.proxy.routing.RoutingSnapshot;
import org.strowger.proxy.routing.SnapshotPublisher;
import org.strowger.proxy.tls.Engine;
import org.strowger.proxy.tls.TlsStore;
import org.strowger.proxy.transport.CloseReason;
import org.strowger.proxy.transport.DatagramEngine;
import org.strowger.proxy.transport.DatagramEngines;
import org.strowger.proxy.transport.EventLoops;
import org.strowger.proxy.transport.FlowEra;
import org.strowger.proxy.transport.HandOver;
import org.strowger.proxy.transport.IoMode;
import org.strowger.sip.cookie.CookieCodec;
import org.strowger.threading.RunsOn;

/**
 * The running proxy: event loops, sockets, snapshot, and the desk that changes them. Opens everything in {@link #start}, in
 * an order in which no message meets a half-built house: sockets, deaf at first, the snapshot, ears.
 */
@RunsOn(RunsOn.Runner.CONTROL)
public final class Strowger implements AutoCloseable {
    private static final int FILES_SECONDS = 1;
    private static final int HAND_OVER_BYTES = 4 << 20;

    private final ControlLoop control;
    private final ScheduledExecutorService files =
            Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("strowger-files", true));
    private final TlsStore tls = new TlsStore(Engine.best(), Ticker.systemTicker(), Instant::now);
    private final BackendTls backendTls = new BackendTls(tls);
    private final HealthService health;
    private final EventLoops loops;
    private final CounterRegistry counters;
    private final SnapshotPublisher publisher;
    private final BackendCounterTable backendCounters;
    private final PoolStates pools;
    private final CallLeases leases;
    private final List<LoopFactory.Loop> perLoop;
    private final HttpSide http;
    private final Sockets sockets;
    private final Relays relays;
    private final Installer installer;
    private final ControlDesk desk;
    private final Explainer explainer;
    private volatile boolean serving;

    private Strowger(StrowgerConfig config, Keys keys, RandomGenerator random, Optional<ConfigFile> source) {
        this.loops = EventLoops.start(config.eventLoops(), IoMode.best());
        this.counters = new CounterRegistry(config.eventLoops());
        this.backendCounters = new BackendCounterTable(config.eventLoops());
        this.leases = leases(config);
        this.pools = states(config, leases, random);
        this.publisher = new SnapshotPublisher(RoutingSnapshot.EMPTY);
        this.control = ControlLoop.start(loops.mode());
        this.health = new HealthService(control, backendCounters, random, pools, backendTls, this::publish);
        LoopFactory factory = new LoopFactory(
                config,
                publisher,
                () -> new CookieCodec(keys.current(), keys.previous()),
                FlowEra.at(System.currentTimeMillis(), random.nextInt(1 << 8)),
                random,
                new LoopFactory.Backends(health.alarm(), leases, backendTls));
        this.perLoop = together(factory, loops, counters);
        DatagramEngine engine = DatagramEngines.best();
        this.http = HttpSide.of(loops, perLoop, counters, health.alarm(), backendTls::handler, random);
        this.sockets = new Sockets(loops, engine, perLoop, tls, http.requests());
        this.relays = new Relays(loops, engine, counters, new Relays.Watching(health.alarm(), tls), random);
        sockets.datagrams().addTo(counters);
        this.installer = new Installer(
                new Installer.Listeners(sockets, relays),
                perLoop,
                publisher,
                new Installer.Watched(backendCounters, http.latencies(), health),
                new Installer.Encryption(tls, backendTls),
                pools,
                new Installer.First(config, ControlDesk.asConfigured(config), keys));
        installer.onPicture(http::show);
        this.explainer = new Explainer(publisher, this::codec, LoopFactory.limits(config.protection()));
        this.desk = new ControlDesk(
                new ControlDesk.Threads(control.executor(), files),
                installer,
                new Figures(this::begun, pools::dialogs, pools::calls),
                Timing.system(),
                source,
                config);
    }

    /** What has begun at a backend: calls, connections, flows, or requests of HTTP. */
    private long begun(String backend) {
        BackendCounter own = backend.startsWith("http") ? BackendCounter.REQUESTS : BackendCounter.CALLS;
        return backendCounters.sum(backend, own) + backendCounters.sum(backend, BackendCounter.RELAYS_BEGUN);
    }

    /** Of the keys in force. */
    private CookieCodec codec() {
        return new CookieCodec(installer.keys().current(), installer.keys().previous());
    }

    private static CallLeases leases(StrowgerConfig config) {
        return new CallLeases(CallLeases.DEFAULT_MOST, PoolStates.callExpiry(config.pools()), Ticker.systemTicker());
    }

    private static PoolStates states(StrowgerConfig config, CallLeases leases, RandomGenerator random) {
        return new PoolStates(
                config.node().zone(),
                new Measurements(new BackendLoads(), leases, Ticker.systemTicker(), random.nextLong()),
                config.eventLoops());
    }

    /** What each loop owns, and each loop's way to the others. */
    private static List<LoopFactory.Loop> together(LoopFactory factory, EventLoops loops, CounterRegistry counters) {
        List<LoopFactory.Loop> all = new ArrayList<>();
        for (int i = 0; i < loops.size(); i++) {
            all.add(factory.make(i, loops.loop(i), counters.loop(i)));
        }
        List<HandOver> others = HandOver.between(
                all.stream().map(LoopFactory.Loop::flows).toList(),
                all.stream().map(LoopFactory.Loop::sip).toList(),
                HAND_OVER_BYTES);
        for (int i = 0; i < all.size(); i++) {
            all.get(i).sockets().setHandOver(others.get(i));
        }
        return List.copyOf(all);
    }

    /**
     * Opens all sockets and serves.
     *
     * @throws IOException when an address cannot be bound; everything opened so far is closed again
     */
    public static Strowger start(StrowgerConfig config, Keys keys, RandomGenerator random) throws IOException {
        return start(config, keys, random, Optional.empty());
    }

    /** The same from a file that can be read again. */
    static Strowger start(StrowgerConfig config, Keys keys, RandomGenerator random, Optional<ConfigFile> source)
            throws IOException {
        Strowger strowger = new Strowger(config, keys, random, source);
        try {
            strowger.open();
            strowger.serving = true;
            strowger.desk.start();
            strowger.watchCertificates();
        } catch (IOException | RuntimeException e) {
            strowger.close();
            throw e;
        }
        return strowger;
    }

    /** What changes in their files is taken over within a second or two. */
    private void watchCertificates() {
        var unused = files.scheduleWithFixedDelay(tls::poll, 0, FILES_SECONDS, TimeUnit.SECONDS);
    }

    private void open() throws IOException {
        Future<?> opened = control.executor()
                .submit(() -> {
                    installer.open();
                    leases.sweepOn(control.executor());
                    return true;
                })
                .awaitUninterruptibly();
        if (opened.cause() instanceof IOException e) {
            throw e;
        }
        if (opened.cause() != null) {
            throw new IllegalStateException("the configuration cannot be put in force", opened.cause());
        }
    }

    /** On the control loop. */
    private void publish() {
        installer.publish();
    }

    /** The address that a listener is bound to, with the port in use. */
    public InetSocketAddress address(String listener) {
        return sockets.find(listener)
                .map(Sockets.Listening::bound)
                .or(() -> relays.address(listener))
                .orElseThrow(
                        () -> new IllegalArgumentException("listener: " + listener + " (expected: one that is open)"));
    }

    /** Takes the connections of HTTP that listeners accept. */
    HttpSide http() {
        return http;
    }

    /** Explains messages by what is in force; for one thread. */
    Explainer explainer() {
        return explainer;
    }

    /** The same for HTTP. */
    HttpExplainer httpExplainer() {
        return new HttpExplainer(
                http::picture,
                this::codec,
                () -> sockets.listening().stream()
                        .filter(one -> one.config().transport().isWebSocket())
                        .map(one -> HttpFactory.listener(one.config(), one.number()))
                        .toList());
    }

    /** The same for relays. */
    RelayExplainer relayExplainer() {
        return new RelayExplainer(relays::picture);
    }

    /** The certificates in force. */
    TlsStore tls() {
        return tls;
    }

    HealthService health() {
        return health;
    }

    /** What operators may ask. */
    Operations operations() {
        return desk;
    }

    /** What is in force beside the snapshot's view of it; any thread. */
    Installer.InForce inForce() {
        return installer.inForce();
    }

    /** Hears of each configuration that has been put in force, on the control loop. */
    void onInstalled(Consumer<StrowgerConfig> listener) {
        installer.onInstalled(listener);
    }

    BackendCounterTable backendCounters() {
        return backendCounters;
    }

    /** Has {@code scrape} read what is counted beside the event loops' counters. */
    void measure(Scrape scrape) {
        sockets.datagrams().addTo(scrape);
        scrape.gauge(MetricName.RULES_SLOW_PATTERNS, () -> publisher.current().slowPatterns());
        scrape.counter(MetricName.CALL_LEASES_EXPIRED, leases::expired);
        scrape.counter(MetricName.CALL_LEASES_REFUSED, leases::refused);
        scrape.histogram(MetricName.HTTP_LATENCY, http.latencies());
        pools.measure(scrape);
        scrape.series(
                MetricName.LISTENER_OPEN,
                () -> ListenerStates.samples(desk.status().listeners()));
        TlsMetrics.addTo(scrape, tls, Instant::now);
    }

    /** Has the health of each event loop observed. */
    void watchLoops(Heartbeats heartbeats) {
        heartbeats.watch("control loop", control.executor());
        for (int i = 0; i < loops.size(); i++) {
            heartbeats.watch("event loop " + i, loops.loop(i));
        }
    }

    /** Why no traffic should be sent here, or nothing. */
    List<String> missing() {
        return serving ? List.of() : List.of("the listeners are not open");
    }

    public CounterRegistry counters() {
        return counters;
    }

    /** Stops taking messages, lets what is queued out, and ends all connections. */
    @Override
    public void close() {
        serving = false;
        desk.close();
        files.shutdownNow();
        health.close();
        control.run(() -> {
            relays.close();
            sockets.close();
        });
        http.close();
        for (LoopFactory.Loop loop : perLoop) {
            loop.flows()
                    .loop()
                    .submit(() -> loop.flows().closeAll(CloseReason.SHUTDOWN))
                    .awaitUninterruptibly(1000);
        }
        loops.close();
        control.close();
        tls.close();
    }
}
