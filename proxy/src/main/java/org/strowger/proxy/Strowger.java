package org.strowger.proxy;

import io.netty.util.concurrent.Ticker;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.discovery.Backend;
import org.strowger.proxy.admin.Heartbeats;
import org.strowger.proxy.balancing.Affinity;
import org.strowger.proxy.balancing.BackendLoads;
import org.strowger.proxy.balancing.Measurements;
import org.strowger.proxy.calls.CallLeases;
import org.strowger.proxy.config.Advertise;
import org.strowger.proxy.config.ListenerConfig;
import org.strowger.proxy.config.PoolConfig;
import org.strowger.proxy.config.Side;
import org.strowger.proxy.config.StrowgerConfig;
import org.strowger.proxy.config.UdpConfig;
import org.strowger.proxy.metrics.BackendCounterTable;
import org.strowger.proxy.metrics.CounterRegistry;
import org.strowger.proxy.metrics.MetricName;
import org.strowger.proxy.metrics.Scrape;
import org.strowger.proxy.routing.RoutingSnapshot;
import org.strowger.proxy.routing.RuleSet;
import org.strowger.proxy.routing.SnapshotPublisher;
import org.strowger.proxy.transport.CloseReason;
import org.strowger.proxy.transport.DatagramEngine;
import org.strowger.proxy.transport.DatagramEngines;
import org.strowger.proxy.transport.DatagramOptions;
import org.strowger.proxy.transport.DatagramPort;
import org.strowger.proxy.transport.EventLoops;
import org.strowger.proxy.transport.Flows;
import org.strowger.proxy.transport.HandOver;
import org.strowger.proxy.transport.IoMode;
import org.strowger.proxy.transport.StreamListener;
import org.strowger.proxy.transport.StreamOptions;
import org.strowger.sip.Transport;
import org.strowger.sip.cookie.CookieCodec;
import org.strowger.threading.RunsOn;

/**
 * The running proxy: event loops, sockets, snapshot. Opens everything in {@link #start}, in an order in which no message
 * meets a half-built house: UDP sockets, deaf at first, the snapshot, ears, TCP listeners.
 */
@RunsOn(RunsOn.Runner.CONTROL)
public final class Strowger implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Strowger.class);
    private static final int HAND_OVER_BYTES = 4 << 20;

    private final StrowgerConfig config;
    private final EventLoops loops;
    private final DatagramEngine engine;
    private final CounterRegistry counters;
    private final SnapshotPublisher publisher;
    private final BackendCounterTable backendCounters;
    private final PoolStates pools;
    private final CallLeases leases;
    private final ControlLoop control;
    private final HealthService health;
    private final ListenerNumbers numbers;
    private final RuleSet rules;
    private final List<LoopFactory.Loop> perLoop = new ArrayList<>();
    private final List<Faces.OpenListener> open = new ArrayList<>();
    private final List<List<InetSocketAddress>> backendPorts = new ArrayList<>();
    private final List<AutoCloseable> sockets = new ArrayList<>();
    private final DatagramTotals datagrams = new DatagramTotals();
    private volatile boolean serving;

    private Strowger(StrowgerConfig config, Keys keys, RandomGenerator random) {
        this.config = config;
        this.loops = EventLoops.start(config.eventLoops(), IoMode.best());
        this.engine = DatagramEngines.best();
        this.counters = new CounterRegistry(config.eventLoops());
        this.backendCounters = new BackendCounterTable(config.eventLoops());
        this.leases = new CallLeases(CallLeases.DEFAULT_MOST, callExpiry(config), Ticker.systemTicker());
        this.pools = new PoolStates(
                config.node().zone(),
                new Measurements(new BackendLoads(), leases, Ticker.systemTicker(), random.nextLong()));
        this.numbers = new ListenerNumbers(
                config.listeners().stream().map(ListenerConfig::name).toList());
        this.rules = Rules.of(config, numbers);
        this.publisher = new SnapshotPublisher(RoutingSnapshot.EMPTY);
        datagrams.addTo(counters);
        this.control = ControlLoop.start(loops.mode());
        this.health = new HealthService(control, backendCounters, random, pools, this::publish);
        int epoch = random.nextInt(1 << 16);
        LoopFactory factory = new LoopFactory(
                config,
                publisher,
                () -> new CookieCodec(keys.current(), keys.previous()),
                epoch,
                random,
                new LoopFactory.Backends(health.alarm(), leases));
        for (int i = 0; i < loops.size(); i++) {
            perLoop.add(factory.make(i, loops.loop(i), counters.loop(i)));
            backendPorts.add(new ArrayList<>());
        }
        List<HandOver> others = HandOver.between(
                perLoop.stream().map(LoopFactory.Loop::flows).toList(),
                perLoop.stream().map(LoopFactory.Loop::sip).toList(),
                HAND_OVER_BYTES);
        for (int i = 0; i < perLoop.size(); i++) {
            perLoop.get(i).sockets().setHandOver(others.get(i));
        }
    }

    /**
     * Opens all sockets and serves.
     *
     * @throws IOException when an address cannot be bound; everything opened so far is closed again
     */
    public static Strowger start(StrowgerConfig config, Keys keys, RandomGenerator random) throws IOException {
        Strowger strowger = new Strowger(config, keys, random);
        try {
            strowger.open();
        } catch (IOException | RuntimeException e) {
            strowger.close();
            throw e;
        }
        return strowger;
    }

    private void open() throws IOException {
        FreePorts.check(config.listeners(), loops.size());
        for (ListenerConfig listener : config.listeners()) {
            if (listener.transport() == Transport.UDP) {
                openUdp(listener);
            }
        }
        openBackendPorts();
        List<ListenerConfig> streams = config.listeners().stream()
                .filter(listener -> listener.transport() == Transport.TCP)
                .toList();
        streams.forEach(listener -> open.add(opened(listener, listener.bind())));
        // Probes are on their way before the first message is read; who was not probed yet is used.
        control.run(() -> {
            health.follow(config.pools().stream().map(WatchedPool::of).toList());
            publish();
        });
        for (LoopFactory.Loop loop : perLoop) {
            loop.flows().loop().submit(loop.sip()::serve).syncUninterruptibly();
        }
        for (ListenerConfig listener : streams) {
            openTcp(listener);
        }
        control.run(() -> {
            publish();
            leases.sweepOn(control.executor());
        });
        serving = true;
        open.forEach(listener -> log.info(
                "listening on {}:{} ({})",
                listener.transport().name().toLowerCase(java.util.Locale.ROOT),
                Faces.hostPort(listener.bound().getAddress(), listener.bound().getPort()),
                listener.name()));
    }

    private static Duration callExpiry(StrowgerConfig config) {
        return config.pools().stream()
                .map(PoolConfig::callExpiry)
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    /** On the control loop. */
    private void publish() {
        publisher.publish(new SnapshotBuilder(config, open, backendPorts, backendCounters).build(pools, rules, health));
    }

    /** An internal listener is the backends' socket of each loop; any other is shared by all loops. */
    private void openUdp(ListenerConfig listener) throws IOException {
        boolean internal = listener.side() == Side.INTERNAL;
        InetSocketAddress bind = listener.bind();
        for (int i = 0; i < loops.size(); i++) {
            int number = internal ? RoutingSnapshot.BACKEND_SIDE : numbers.of(listener.name());
            InetSocketAddress own = internal && bind.getPort() != 0
                    ? new InetSocketAddress(bind.getAddress(), bind.getPort() + i)
                    : bind;
            DatagramPort port = openPort(i, own, number);
            if (internal) {
                useForBackends(i, port);
            } else {
                perLoop.get(i).sockets().setListenerPort(number, port);
                // Port 0: the other loops share what the first one was given.
                bind = port.localAddress();
            }
            if (i == 0) {
                open.add(opened(listener, port.localAddress()));
            }
        }
    }

    private DatagramPort openPort(int loop, InetSocketAddress bind, int number) throws IOException {
        UdpConfig udp = config.udp();
        DatagramOptions options = new DatagramOptions(
                udp.receiveBufferBytes(),
                udp.sendBufferBytes(),
                Math.min(65_535, config.protection().maxMessageBytes()),
                udp.batch());
        DatagramPort port = engine.open(
                loops.loop(loop), bind, options, perLoop.get(loop).sip().onListener(number));
        sockets.add(() -> loops.loop(loop).submit(port::close).syncUninterruptibly());
        datagrams.add(number, port.counters());
        return port;
    }

    private void useForBackends(int loop, DatagramPort port) {
        boolean ipv4 = port.localAddress().getAddress() instanceof Inet4Address;
        perLoop.get(loop).sockets().setBackendPort(port, ipv4);
        backendPorts.get(loop).add(port.localAddress());
    }

    /** Where no internal listener serves a family of backends, each loop takes a port of the kernel's choice. */
    private void openBackendPorts() throws IOException {
        for (boolean ipv4 : new boolean[] {true, false}) {
            boolean wanted = config.pools().stream()
                    .map(PoolConfig::backends)
                    .flatMap(List::stream)
                    .map(Backend::address)
                    .anyMatch(address -> address.getAddress() instanceof Inet4Address == ipv4);
            boolean served = backendPorts.get(0).stream()
                    .anyMatch(address -> address.getAddress() instanceof Inet4Address == ipv4);
            for (int i = 0; wanted && !served && i < loops.size(); i++) {
                useForBackends(i, openPort(i, anyPort(ipv4), RoutingSnapshot.BACKEND_SIDE));
            }
        }
    }

    private static InetSocketAddress anyPort(boolean ipv4) throws UnknownHostException {
        return new InetSocketAddress(InetAddress.getByName(ipv4 ? "0.0.0.0" : "::"), 0);
    }

    private void openTcp(ListenerConfig listener) throws IOException {
        StreamOptions options = new StreamOptions(
                config.tcp().backlog(),
                listener.maxConnections(),
                config.tcp().outboundQueueBytes(),
                listener.idleTimeout(),
                config.tcp().userTimeout(),
                config.tcp().linger());
        List<Flows> flows = perLoop.stream().map(LoopFactory.Loop::flows).toList();
        StreamListener socket = StreamListener.open(
                loops,
                flows,
                numbers.of(listener.name()),
                listener.bind(),
                options,
                LoopFactory.framing(config.protection()));
        sockets.add(socket);
        // The control loop may be publishing what probes have shown.
        control.run(() -> {
            open.removeIf(known -> known.name().equals(listener.name()));
            open.add(opened(listener, socket.localAddress()));
        });
    }

    private Faces.OpenListener opened(ListenerConfig listener, InetSocketAddress bound) {
        Optional<Faces.Advertised> advertised = listener.advertise() instanceof Advertise.Fixed fixed
                ? Optional.of(new Faces.Advertised(
                        fixed.host().indexOf(':') >= 0 ? "[" + fixed.host() + "]" : fixed.host(),
                        fixed.port() == 0 ? bound.getPort() : fixed.port()))
                : Optional.empty();
        return new Faces.OpenListener(
                listener.name(),
                numbers.of(listener.name()),
                listener.transport(),
                bound,
                advertised,
                listener.side() == Side.INTERNAL,
                listener.forceRport());
    }

    /** The address that a listener is bound to, with the port in use. */
    public InetSocketAddress address(String listener) {
        return open.stream()
                .filter(o -> o.name().equals(listener))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("listener: " + listener + " (expected: one that is open)"))
                .bound();
    }

    StrowgerConfig config() {
        return config;
    }

    HealthService health() {
        return health;
    }

    BackendCounterTable backendCounters() {
        return backendCounters;
    }

    /** Has {@code scrape} read what is counted beside the event loops' counters. */
    void measure(Scrape scrape) {
        datagrams.addTo(scrape);
        scrape.gauge(MetricName.RULES_SLOW_PATTERNS, () -> publisher.current().slowPatterns());
        scrape.counter(MetricName.CALL_LEASES_EXPIRED, leases::expired);
        scrape.counter(MetricName.CALL_LEASES_REFUSED, leases::refused);
        config.pools().stream()
                .flatMap(pool -> pool.backends().stream())
                .distinct()
                .filter(backend -> pools.load(backend).leasesCalls())
                .forEach(backend ->
                        scrape.gauge(MetricName.BACKEND_ACTIVE_CALLS, pools.load(backend)::calls, backend.id()));
        for (PoolConfig pool : config.pools()) {
            Affinity affinity = pools.of(pool).affinity();
            scrape.gauge(MetricName.AFFINITY_ENTRIES, affinity::size, pool.name());
            scrape.counter(MetricName.AFFINITY, affinity::hits, pool.name(), "hit");
            scrape.counter(MetricName.AFFINITY, affinity::misses, pool.name(), "miss");
            scrape.counter(MetricName.AFFINITY_REMOVALS, affinity::expirations, pool.name(), "expired");
            scrape.counter(MetricName.AFFINITY_REMOVALS, affinity::evictions, pool.name(), "evicted");
        }
    }

    /** Has the health of each event loop observed. */
    void watchLoops(Heartbeats heartbeats) {
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
        health.close();
        for (AutoCloseable socket : sockets) {
            try {
                socket.close();
            } catch (Exception e) {
                log.warn("a socket could not be closed: {}", e.toString());
            }
        }
        for (LoopFactory.Loop loop : perLoop) {
            loop.flows()
                    .loop()
                    .submit(() -> loop.flows().closeAll(CloseReason.SHUTDOWN))
                    .awaitUninterruptibly(1000);
        }
        loops.close();
        control.close();
    }
}
