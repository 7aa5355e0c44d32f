package org.strowger.proxy;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Ticker;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.discovery.dns.NameCacheLimits;
import org.strowger.discovery.dns.NettyDnsClient;
import org.strowger.discovery.dns.Reach;
import org.strowger.discovery.dns.SipLocator;
import org.strowger.proxy.calls.CallLeases;
import org.strowger.proxy.calls.LoopLoad;
import org.strowger.proxy.calls.RequestMeter;
import org.strowger.proxy.config.DnsConfig;
import org.strowger.proxy.config.DnsServers;
import org.strowger.proxy.config.ListenerConfig;
import org.strowger.proxy.config.ProtectionConfig;
import org.strowger.proxy.config.Side;
import org.strowger.proxy.config.StrowgerConfig;
import org.strowger.proxy.config.TcpConfig;
import org.strowger.proxy.config.WebSocketConfig;
import org.strowger.proxy.forwarding.BackendAlarm;
import org.strowger.proxy.forwarding.MessageLimits;
import org.strowger.proxy.forwarding.MessagePath;
import org.strowger.proxy.forwarding.ParkedRequests;
import org.strowger.proxy.forwarding.RequestProtection;
import org.strowger.proxy.inflight.AnsweredInvites;
import org.strowger.proxy.inflight.BytePool;
import org.strowger.proxy.inflight.InFlightTable;
import org.strowger.proxy.metrics.LoopCounters;
import org.strowger.proxy.routing.RoutingSnapshot;
import org.strowger.proxy.routing.SnapshotSource;
import org.strowger.proxy.routing.StableHash;
import org.strowger.proxy.spreading.Spreading;
import org.strowger.proxy.spreading.TrunkSpreading;
import org.strowger.proxy.transport.BackendConnectionOptions;
import org.strowger.proxy.transport.BackendConnections;
import org.strowger.proxy.transport.FlowEra;
import org.strowger.proxy.transport.FlowIds;
import org.strowger.proxy.transport.FlowKeepAlive;
import org.strowger.proxy.transport.Flows;
import org.strowger.proxy.transport.IoMode;
import org.strowger.proxy.transport.OutboundFront;
import org.strowger.proxy.transport.SipFraming;
import org.strowger.proxy.transport.StreamFraming;
import org.strowger.proxy.transport.TlsToBackends;
import org.strowger.proxy.websocket.WebSocketConnector;
import org.strowger.proxy.websocket.WebSocketCounters;
import org.strowger.proxy.websocket.WebSocketOptions;
import org.strowger.sip.IpPort;
import org.strowger.sip.Transport;
import org.strowger.sip.cookie.CookieCodec;
import org.strowger.sip.stream.FrameLimits;
import org.strowger.threading.RunsOn;

/** Puts together what one event loop owns: nothing of it is shared with another loop. */
@RunsOn(RunsOn.Runner.CONTROL)
final class LoopFactory {
    private static final Logger log = LoggerFactory.getLogger(LoopFactory.class);
    private static final NameCacheLimits NAMES = new NameCacheLimits(10_000, 64);
    private static final int MAX_PARKED = 256;
    private static final int MAX_PARKED_BYTES = 1 << 20;
    private static final int MAX_IN_FLIGHT = 1 << 15;
    private static final long MAX_IN_FLIGHT_BYTES = 64L << 20;
    private static final int MAX_ANSWERED = 1 << 20;

    /** Of all event loops together: made before the first message, so that the collector need not move them under load. */
    private static final int PREPARED = MAX_IN_FLIGHT;

    private static final int PREPARED_ANSWERED = 1 << 17;
    private static final Duration MAX_PARKED_AGE = Duration.ofSeconds(10);

    /** Where loops say what they see of backends. */
    record Backends(BackendAlarm alarm, CallLeases leases, TlsToBackends tls) {}

    /** The parts of one loop. */
    record Loop(
            SipLoop sip,
            LoopSockets sockets,
            Flows flows,
            BackendConnections connections,
            HostNames names,
            CookieCodec codec,
            WebSocketCounters webSockets,
            WebSocketConnector connector) {}

    private final StrowgerConfig config;
    private final SnapshotSource snapshots;
    private final Supplier<CookieCodec> codecs;
    private final FlowEra era;
    private final RandomGenerator random;
    private final Backends backends;

    LoopFactory(
            StrowgerConfig config,
            SnapshotSource snapshots,
            Supplier<CookieCodec> codecs,
            FlowEra era,
            RandomGenerator random,
            Backends backends) {
        this.backends = backends;
        this.config = config;
        this.snapshots = snapshots;
        this.codecs = codecs;
        this.era = era;
        this.random = random;
    }

    Loop make(int number, EventLoop eventLoop, LoopCounters counters) {
        ProtectionConfig protection = config.protection();
        WebSocketCounters webSockets = new WebSocketTotals(counters);
        WebSocketConnector connector = new WebSocketConnector(
                webSocket(config), webSockets, random, (transport, peer) -> path(snapshots.current(), transport, peer));
        RequestMeter requests = new RequestMeter(Ticker.systemTicker());
        eventLoop
                .scheduleAtFixedRate(requests::tick, 1, 1, TimeUnit.SECONDS)
                .addListener(ended -> log.debug("event loop {} measures no more", number));
        LoopLoad load = new LoopLoad(backends.leases(), requests, StableHash.STANDARD::hash);
        CountingObserver observer = new CountingObserver(number, counters, snapshots, load, backends.alarm());
        Relay relay = new Relay();
        Flows flows = new Flows(eventLoop, new FlowIds(era, number), relay, observer, Ticker.systemTicker());
        BackendConnections connections =
                new BackendConnections(flows, connectionOptions(config.tcp()), front(connector, protection), random);
        LoopSockets sockets = new LoopSockets(number, era, flows, connections);
        HostNames names = hostNames(eventLoop, counters);
        CookieCodec codec = codecs.get();
        MessagePath path = new MessagePath(
                number,
                codec,
                snapshots,
                sockets,
                observer,
                limits(protection),
                names,
                new ParkedRequests(MAX_PARKED, MAX_PARKED_BYTES, MAX_PARKED_AGE, Ticker.systemTicker()),
                protection());
        SipLoop sip =
                new SipLoop(eventLoop, sockets, path, new KeepAliveAnswers(counters), observer, spreading(number));
        relay.to(sip);
        names.onEnded(sip::nameKnown);
        return new Loop(sip, sockets, flows, connections, names, codec, webSockets, connector);
    }

    private RequestProtection protection() {
        int loops = config.eventLoops();
        return new RequestProtection(
                new InFlightTable(
                        MAX_IN_FLIGHT, PREPARED / loops, random.nextLong(), new BytePool(MAX_IN_FLIGHT_BYTES)),
                new AnsweredInvites(
                        MAX_ANSWERED,
                        PREPARED_ANSWERED / loops,
                        random.nextLong(),
                        RequestProtection.REMEMBERED.toNanos()),
                Ticker.systemTicker(),
                backends.alarm());
    }

    private HostNames hostNames(EventLoop eventLoop, LoopCounters counters) {
        DnsConfig dns = config.dns();
        IoMode mode = IoMode.of(eventLoop);
        List<InetSocketAddress> servers =
                dns.servers() instanceof DnsServers.Listed listed ? listed.addresses() : List.of();
        NettyDnsClient client =
                new NettyDnsClient(eventLoop, mode::newDatagramChannel, mode::newChannel, servers, dns.timeout());
        SipLocator locator = new SipLocator(client, reach(config.listeners()));
        return new HostNames(locator, NAMES, Ticker.systemTicker(), counters);
    }

    /** What requests from backends can leave on: the listeners on the clients' side. */
    static Reach reach(List<ListenerConfig> listeners) {
        return new Reach(transports(listeners, true), transports(listeners, false));
    }

    private static Set<Transport> transports(List<ListenerConfig> listeners, boolean ipv4) {
        return listeners.stream()
                .filter(listener -> listener.side() == Side.EXTERNAL
                        && listener.bind().getAddress() instanceof Inet4Address == ipv4)
                .map(ListenerConfig::transport)
                .collect(Collectors.toUnmodifiableSet());
    }

    private Spreading spreading(int number) {
        return config.eventLoops() == 1
                ? Spreading.NONE
                : new TrunkSpreading(number, config.eventLoops(), StableHash.STANDARD, Ticker.systemTicker());
    }

    private OutboundFront front(WebSocketConnector webSocket, ProtectionConfig protection) {
        OutboundFront plain = OutboundFront.plain(framing(protection));
        OutboundFront encrypted = OutboundFront.encrypted(backends.tls(), plain);
        OutboundFront both = OutboundFront.encrypted(backends.tls(), webSocket);
        return (transport, peer, fresh) -> switch (transport) {
            case WSS -> both.prepare(transport, peer, fresh);
            case WS -> webSocket.prepare(transport, peer, fresh);
            case TLS -> encrypted.prepare(transport, peer, fresh);
            case TCP, UDP -> plain.prepare(transport, peer, fresh);
        };
    }

    /** What is asked for in a handshake with a backend. */
    private static String path(RoutingSnapshot snapshot, Transport transport, IpPort peer) {
        return snapshot.backendAt(peer, transport).backend().path();
    }

    /** Settings of WebSocket connections of any loop. */
    static WebSocketOptions webSocket(StrowgerConfig config) {
        WebSocketConfig all = config.websocket();
        return new WebSocketOptions(
                config.protection().maxMessageBytes(),
                all.handshakeTimeout(),
                new FlowKeepAlive(all.ping(), all.pongTimeout()));
    }

    /** What a message may measure on any loop. */
    static MessageLimits limits(ProtectionConfig protection) {
        return new MessageLimits(protection.maxMessageBytes(), protection.maxHeaders());
    }

    /** Framings for the connections of any loop. */
    static Supplier<StreamFraming> framing(ProtectionConfig protection) {
        FrameLimits limits = new FrameLimits(protection.maxMessageBytes(), protection.maxMessageBytes());
        return () -> new SipFraming(limits);
    }

    static BackendConnectionOptions connectionOptions(TcpConfig tcp) {
        return new BackendConnectionOptions(
                tcp.connectTimeout(),
                tcp.userTimeout(),
                tcp.outboundQueueBytes(),
                tcp.firstBackoff(),
                tcp.maxBackoff(),
                tcp.maxBackendConnections());
    }
}
