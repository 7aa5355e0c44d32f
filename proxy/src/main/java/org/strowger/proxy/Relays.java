package org.strowger.proxy;

import io.netty.util.concurrent.Ticker;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.proxy.config.PoolConfig;
import org.strowger.proxy.config.ProxyProtocolConfig;
import org.strowger.proxy.config.RelayConfig;
import org.strowger.proxy.config.RelayTransport;
import org.strowger.proxy.config.StrowgerConfig;
import org.strowger.proxy.forwarding.BackendAlarm;
import org.strowger.proxy.metrics.CounterRegistry;
import org.strowger.proxy.proxyprotocol.ProxyProtocolGate;
import org.strowger.proxy.relay.PoolUse;
import org.strowger.proxy.relay.RelayListener;
import org.strowger.proxy.relay.RelayLoop;
import org.strowger.proxy.relay.RelayPicture;
import org.strowger.proxy.relay.Routes;
import org.strowger.proxy.relay.TcpRelayListener;
import org.strowger.proxy.relay.TcpRelayOptions;
import org.strowger.proxy.relay.UdpRelayListener;
import org.strowger.proxy.relay.UdpRelayOptions;
import org.strowger.proxy.routing.RoutingSnapshot;
import org.strowger.proxy.tls.TlsStore;
import org.strowger.proxy.transport.DatagramEngine;
import org.strowger.proxy.transport.DatagramOptions;
import org.strowger.proxy.transport.EventLoops;
import org.strowger.threading.RunsOn;

/** The listeners that relay, by name, on all event loops; as {@link Sockets} has those of SIP. */
@RunsOn(RunsOn.Runner.CONTROL)
final class Relays implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Relays.class);
    private static final int MAX_DATAGRAM = 65_535;

    private final EventLoops loops;
    private final DatagramEngine engine;
    private final List<RelayLoop> perLoop = new ArrayList<>();
    private final TlsStore tls;
    private final long salt;
    /** Written on the control loop; read once for each connection, and when it has changed. */
    private volatile RelayPicture picture = RelayPicture.EMPTY;

    private Optional<StrowgerConfig> shown = Optional.empty();
    /** In the order in which they were opened; only the control loop changes it. */
    private final Map<String, Open> open = Collections.synchronizedMap(new LinkedHashMap<>());

    Relays(
            EventLoops loops,
            DatagramEngine engine,
            CounterRegistry counters,
            Watching watching,
            RandomGenerator random) {
        this.loops = loops;
        this.engine = engine;
        this.tls = watching.tls();
        this.salt = random.nextLong();
        for (int i = 0; i < loops.size(); i++) {
            var counting = new RelayLoop.Counting(
                    counters.loop(i), new ProxyProtocolCounts(counters.loop(i)), watching.alarm());
            RandomGenerator own = new java.util.SplittableRandom(random.nextLong());
            perLoop.add(new RelayLoop(i, loops.loop(i), () -> picture, counting, Ticker.systemTicker(), own));
        }
    }

    /** Who hears of backends that fail, and who has the certificates. */
    record Watching(BackendAlarm alarm, TlsStore tls) {}

    /** An open one. */
    record Open(RelayConfig config, RelayListener listener) {

        boolean serves(RelayConfig other) {
            return config.transport() == other.transport() && config.bind().equals(other.bind());
        }
    }

    /** Opens those that are not open; nothing is taken from them before {@link #use}. Ports that are held are ours. */
    List<Open> openNew(StrowgerConfig config, Collection<FreePorts.Held> held) throws IOException {
        List<Open> opened = new ArrayList<>();
        try {
            for (RelayConfig relay : config.relays()) {
                Open standing = open.get(relay.name());
                if (standing == null || !standing.serves(relay)) {
                    opened.add(open(relay, config, held));
                }
            }
        } catch (IOException | RuntimeException e) {
            opened.forEach(one -> one.listener().close());
            throw e;
        }
        return opened;
    }

    private Open open(RelayConfig relay, StrowgerConfig config, Collection<FreePorts.Held> held) throws IOException {
        if (!held.contains(FreePorts.Held.by(relay.transport().carried(), relay.bind()))) {
            FreePorts.check(relay.name(), relay.transport().carried(), relay.bind());
        }
        RelayListener.Place place = new RelayListener.Place(relay.name(), relay.bind());
        try {
            RelayListener listener = relay.transport() == RelayTransport.TCP_RELAY
                    ? TcpRelayListener.prepare(loops, perLoop, place, tcp(relay, config, tls))
                    : UdpRelayListener.prepare(engine, perLoop, place, udp(relay, config), datagrams(config), salt);
            return new Open(relay, listener);
        } catch (IOException e) {
            throw new IOException(
                    "listeners." + relay.name() + ".bind: " + e.getMessage()
                            + " (expected: an address and port that are free)",
                    e);
        }
    }

    private static DatagramOptions datagrams(StrowgerConfig config) {
        return new DatagramOptions(
                config.udp().receiveBufferBytes(),
                config.udp().sendBufferBytes(),
                MAX_DATAGRAM,
                config.udp().batch(),
                config.udp().gather().toNanos());
    }

    /**
     * Puts the relays of that configuration in force: opened ones take what comes, those that it has no more are closed. Returns
     * the closed ones, whose connections go on.
     */
    List<Open> use(StrowgerConfig config, List<Open> opened) {
        List<Open> gone = new ArrayList<>(open.values());
        for (Open one : opened) {
            open.put(one.config().name(), one);
        }
        for (RelayConfig relay : config.relays()) {
            Open standing = open.get(relay.name());
            if (standing != null) {
                gone.remove(standing);
                open.put(relay.name(), new Open(relay, standing.listener()));
            }
        }
        opened.forEach(one -> {
            one.listener().accept();
            say("listening on", one);
        });
        for (Open one : gone) {
            open.remove(one.config().name(), one);
            one.listener().close();
            say("no longer listening on", one);
        }
        return gone;
    }

    private static void say(String what, Open one) {
        InetSocketAddress bound = one.listener().localAddress();
        log.info(
                "{} {}:{} ({})",
                what,
                one.config().transport().word(),
                Faces.hostPort(bound.getAddress(), bound.getPort()),
                one.config().name());
    }

    /** What connections and flows go by from now on. */
    void show(StrowgerConfig config, RoutingSnapshot snapshot) {
        if (config.equals(shown.orElse(null))) {
            picture = picture.with(snapshot);
            return;
        }
        shown = Optional.of(config);
        picture = picture(config, snapshot, tls);
    }

    /** What holds now; any thread. */
    RelayPicture picture() {
        return picture;
    }

    /** What relays of that configuration go by. */
    static RelayPicture picture(StrowgerConfig config, RoutingSnapshot snapshot, TlsStore tls) {
        Map<String, TcpRelayOptions> tcp = new HashMap<>();
        Map<String, UdpRelayOptions> udp = new HashMap<>();
        for (RelayConfig relay : config.relays()) {
            if (relay.transport() == RelayTransport.TCP_RELAY) {
                tcp.put(relay.name(), tcp(relay, config, tls));
            } else {
                udp.put(relay.name(), udp(relay, config));
            }
        }
        return new RelayPicture(snapshot, tcp, udp);
    }

    private static TcpRelayOptions tcp(RelayConfig relay, StrowgerConfig config, TlsStore tls) {
        return new TcpRelayOptions(
                new Routes(
                        relay.sni().entrySet().stream()
                                .collect(Collectors.toMap(
                                        Map.Entry::getKey, entry -> poolUse(entry.getValue(), config))),
                        relay.pool().map(pool -> poolUse(pool, config))),
                config.tcp().backlog(),
                relay.maxConnections(),
                relay.idleTimeout(),
                config.tcp().connectTimeout(),
                terms(relay.proxyProtocol()),
                relay.tls().map(name -> new RelayTls(tls.server(name))));
    }

    private static UdpRelayOptions udp(RelayConfig relay, StrowgerConfig config) {
        return new UdpRelayOptions(
                poolUse(relay.pool().orElseThrow(), config),
                relay.maxConnections(),
                relay.flowTimeout(),
                terms(relay.proxyProtocol()));
    }

    private static PoolUse poolUse(String name, StrowgerConfig config) {
        PoolConfig pool = config.pools().stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
        return new PoolUse(
                name,
                switch (pool.sendProxyProtocol()) {
                    case OFF -> PoolUse.Header.NONE;
                    case V1 -> PoolUse.Header.V1;
                    case V2 -> PoolUse.Header.V2;
                });
    }

    /** What a listener expects of those in front. */
    static ProxyProtocolGate.Terms terms(ProxyProtocolConfig config) {
        return config.isTaken()
                ? new ProxyProtocolGate.Terms(
                        config::isFrom, config.timeout(), config.others() == ProxyProtocolConfig.Others.PLAIN)
                : ProxyProtocolGate.Terms.NONE;
    }

    /** Those that are open. */
    List<Open> all() {
        synchronized (open) {
            return List.copyOf(open.values());
        }
    }

    /** The address that a relay is bound to, with the port in use. */
    Optional<InetSocketAddress> address(String name) {
        return Optional.ofNullable(open.get(name)).map(one -> one.listener().localAddress());
    }

    /** Ends everything, connections included. */
    @Override
    public void close() {
        open.values().forEach(one -> one.listener().close());
        open.clear();
        for (int i = 0; i < perLoop.size(); i++) {
            var unused = loops.loop(i).submit(perLoop.get(i)::closeAll).awaitUninterruptibly(1000);
        }
    }
}
