package org.strowger.proxy;

import io.netty.channel.Channel;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.proxy.config.ListenerConfig;
import org.strowger.proxy.config.Origins;
import org.strowger.proxy.config.PoolConfig;
import org.strowger.proxy.config.Side;
import org.strowger.proxy.config.StrowgerConfig;
import org.strowger.proxy.config.TcpConfig;
import org.strowger.proxy.http.HttpRequests;
import org.strowger.proxy.proxyprotocol.ProxyProtocolGate;
import org.strowger.proxy.routing.RoutingSnapshot;
import org.strowger.proxy.tls.TlsStore;
import org.strowger.proxy.transport.CloseReason;
import org.strowger.proxy.transport.ConnectionFront;
import org.strowger.proxy.transport.DatagramEngine;
import org.strowger.proxy.transport.DatagramHandler;
import org.strowger.proxy.transport.DatagramOptions;
import org.strowger.proxy.transport.DatagramPort;
import org.strowger.proxy.transport.EventLoops;
import org.strowger.proxy.transport.Flows;
import org.strowger.proxy.transport.StreamListener;
import org.strowger.proxy.transport.StreamOptions;
import org.strowger.proxy.transport.TlsFront;
import org.strowger.proxy.websocket.HttpFront;
import org.strowger.proxy.websocket.WebSocketCounters;
import org.strowger.sip.Transport;
import org.strowger.threading.RunsOn;

/**
 * The sockets of all event loops: those of the listeners, by name, and those towards backends. A listener is opened deaf
 * and dumb, in {@link #open}; it is used from {@link #serve} on, when there is a snapshot that knows it.
 */
@RunsOn(RunsOn.Runner.CONTROL)
final class Sockets implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Sockets.class);

    private final EventLoops loops;
    private final DatagramEngine engine;
    private final List<LoopFactory.Loop> perLoop;
    private final TlsStore tls;
    private final HttpRequests http;
    private final DatagramTotals datagrams = new DatagramTotals();
    /** In the order in which they were opened; only the control loop changes it. */
    private final Map<String, Listening> listening = Collections.synchronizedMap(new LinkedHashMap<>());

    private final List<List<InetSocketAddress>> backendPorts = new ArrayList<>();
    private final List<Runnable> backendClosers = new ArrayList<>();

    Sockets(EventLoops loops, DatagramEngine engine, List<LoopFactory.Loop> perLoop, TlsStore tls, HttpRequests http) {
        this.loops = loops;
        this.engine = engine;
        this.perLoop = List.copyOf(perLoop);
        this.tls = tls;
        this.http = http;
        perLoop.forEach(loop -> backendPorts.add(new ArrayList<>()));
    }

    /** What stands before the connections of a listener: the first of it, and those that take settings. */
    record Fronts(ConnectionFront first, Optional<TlsFront> tls, Optional<HttpFront> web) {
        /** Of datagrams. */
        static final Fronts NONE = new Fronts((channel, flows) -> {}, Optional.empty(), Optional.empty());
    }

    /** One socket of one loop, with what it takes to use it and to let it go. */
    record LoopPort(int loop, DatagramPort port, DatagramHandler handler) {}

    /**
     * An open listener.
     *
     * @param ports UDP: one for each loop
     * @param stream TCP and what runs on it
     * @param fronts what stands before its connections
     */
    record Listening(
            ListenerConfig config,
            int number,
            InetSocketAddress bound,
            List<LoopPort> ports,
            Optional<StreamListener> stream,
            Fronts fronts) {

        boolean isInternalUdp() {
            return isInternalUdp(config);
        }

        /** True for a listener that is the event loops' source port towards backends. */
        static boolean isInternalUdp(ListenerConfig config) {
            return config.side() == Side.INTERNAL && config.transport() == Transport.UDP;
        }

        /** True when the socket of this one can serve that configuration. */
        boolean serves(ListenerConfig other) {
            return config.transport() == other.transport()
                    && config.bind().equals(other.bind())
                    && isInternalUdp() == isInternalUdp(other);
        }

        /** The same sockets under other settings. */
        Listening with(ListenerConfig other) {
            return new Listening(other, number, bound, ports, stream, fronts);
        }
    }

    DatagramTotals datagrams() {
        return datagrams;
    }

    Collection<Listening> listening() {
        synchronized (listening) {
            return List.copyOf(listening.values());
        }
    }

    Optional<Listening> find(String name) {
        return Optional.ofNullable(listening.get(name));
    }

    /** By event loop: the bound addresses of its UDP sockets towards backends. */
    List<List<InetSocketAddress>> backendPorts() {
        return backendPorts;
    }

    /** The open listeners as snapshots and cookies name them. */
    List<Faces.OpenListener> faces() {
        return listening().stream().map(Sockets::face).toList();
    }

    /** Opens the sockets of a listener; nothing is taken from them, and nothing sent by them, before {@link #serve}. */
    Listening open(ListenerConfig listener, int number, StrowgerConfig config) throws IOException {
        if (listener.transport() == Transport.UDP) {
            return openUdp(listener, number, config);
        }
        Fronts fronts = fronts(listener, number, config);
        StreamListener socket = StreamListener.prepare(
                loops,
                perLoop.stream().map(LoopFactory.Loop::flows).toList(),
                number,
                listener.bind(),
                streamOptions(listener, config.tcp()),
                fronts.first());
        return new Listening(listener, number, socket.localAddress(), List.of(), Optional.of(socket), fronts);
    }

    private Fronts fronts(ListenerConfig listener, int number, StrowgerConfig config) {
        Optional<HttpFront> web = Optional.of(listener.transport())
                .filter(Transport::isWebSocket)
                .map(transport -> new HttpFront(
                        new HttpFront.Place(transport, number, channel -> loops.numberOf(channel.eventLoop())),
                        webSocket(listener, config),
                        this::webSocketCounters));
        ConnectionFront inner = web.<ConnectionFront>map(front -> front)
                .orElseGet(
                        () -> ConnectionFront.framed(listener.transport(), LoopFactory.framing(config.protection())));
        Optional<TlsFront> encrypted =
                listener.tls().map(name -> new TlsFront(tls.server(name), protocols(listener, config), inner));
        return new Fronts(encrypted.<ConnectionFront>map(front -> front).orElse(inner), encrypted, web);
    }

    /** An internal listener is the backends' socket of each loop; any other is shared by all loops. */
    private Listening openUdp(ListenerConfig listener, int number, StrowgerConfig config) throws IOException {
        boolean internal = Listening.isInternalUdp(listener);
        InetSocketAddress bind = listener.bind();
        List<LoopPort> opened = new ArrayList<>();
        InetSocketAddress first = bind;
        try {
            for (int i = 0; i < loops.size(); i++) {
                InetSocketAddress own = internal && bind.getPort() != 0
                        ? new InetSocketAddress(bind.getAddress(), bind.getPort() + i)
                        : bind;
                LoopPort port = openPort(i, own, internal ? RoutingSnapshot.BACKEND_SIDE : number, config);
                opened.add(port);
                first = i == 0 ? port.port().localAddress() : first;
                // Port 0: the other loops share what the first one was given.
                bind = internal ? bind : port.port().localAddress();
            }
        } catch (IOException | RuntimeException e) {
            opened.forEach(port -> close(port, number));
            throw e;
        }
        return new Listening(listener, number, first, List.copyOf(opened), Optional.empty(), Fronts.NONE);
    }

    private LoopPort openPort(int loop, InetSocketAddress bind, int number, StrowgerConfig config) throws IOException {
        DatagramOptions options = new DatagramOptions(
                config.udp().receiveBufferBytes(),
                config.udp().sendBufferBytes(),
                Math.min(65_535, config.protection().maxMessageBytes()),
                config.udp().batch(),
                config.udp().gather().toNanos());
        DatagramHandler handler = on(loop, () -> perLoop.get(loop).sip().onListener(number));
        try {
            DatagramPort port = engine.open(loops.loop(loop), bind, options, handler);
            datagrams.add(number, port.counters());
            return new LoopPort(loop, port, handler);
        } catch (IOException | RuntimeException e) {
            run(loop, () -> perLoop.get(loop).sip().forget(handler));
            throw e;
        }
    }

    /** Has the listener's sockets take the PROXY protocol as it says. */
    private void expect(Listening listener) {
        ProxyProtocolGate.Terms terms = Relays.terms(listener.config().proxyProtocol());
        listener.stream().ifPresent(stream -> stream.expect(terms));
        if (!listener.isInternalUdp()) {
            listener.ports()
                    .forEach(port -> run(
                            port.loop(), () -> perLoop.get(port.loop()).sip().expect(listener.number(), terms)));
        }
    }

    /** Lets what is sent go by these sockets. They are still deaf, and known to {@link #faces} from now on. */
    void install(Listening added) {
        listening.put(added.config().name(), added);
        expect(added);
        for (LoopPort port : added.ports()) {
            if (added.isInternalUdp()) {
                useForBackends(port);
            } else {
                run(port.loop(), () -> perLoop.get(port.loop()).sockets().setListenerPort(added.number(), port.port()));
            }
        }
    }

    /** Takes other settings for an open listener's connections. */
    void update(Listening changed, StrowgerConfig config) {
        listening.put(changed.config().name(), changed);
        expect(changed);
        changed.stream().ifPresent(stream -> stream.use(streamOptions(changed.config(), config.tcp())));
        changed.fronts()
                .tls()
                .ifPresent(front -> front.use(
                        tls.server(changed.config().tls().orElseThrow()), protocols(changed.config(), config)));
        changed.fronts().web().ifPresent(front -> front.use(webSocket(changed.config(), config)));
    }

    /** Every socket that is open takes messages from now on. */
    void serve() {
        for (int i = 0; i < perLoop.size(); i++) {
            run(i, perLoop.get(i).sip()::serve);
        }
        listening().forEach(one -> one.stream().ifPresent(StreamListener::accept));
    }

    /** The listener is no more for those who look for its name; its sockets stay until {@link #close(Listening)}. */
    void uninstall(Listening gone) {
        listening.remove(gone.config().name(), gone);
    }

    /** Closes the sockets of a listener at once; its connections too, unless another listener has its number. */
    void close(Listening gone) {
        close(gone, Duration.ZERO);
    }

    /** The same, but the connections of browsers are closed over that time. */
    void close(Listening gone, Duration drain) {
        stop(gone);
        boolean replaced = listening().stream().anyMatch(one -> one.number() == gone.number());
        for (int i = 0; gone.stream().isPresent() && !replaced && i < perLoop.size(); i++) {
            Flows flows = perLoop.get(i).flows();
            if (gone.fronts().web().isPresent()) {
                run(i, () -> flows.drain(gone.number(), drain.toNanos()));
            } else {
                run(i, () -> flows.closeAllOf(gone.number(), CloseReason.REQUESTED));
            }
        }
    }

    /** Closes the sockets only. */
    private void stop(Listening gone) {
        gone.ports().forEach(port -> close(port, gone.number()));
        gone.stream().ifPresent(StreamListener::close);
    }

    private void close(LoopPort port, int number) {
        run(port.loop(), () -> {
            perLoop.get(port.loop()).sockets().remove(number, port.port());
            perLoop.get(port.loop()).sip().forget(port.handler());
            port.port().close();
        });
    }

    /** Where no internal listener serves a family of backends, each loop takes a port of the kernel's choice. */
    void openBackendPorts(Collection<InetAddress> backends, StrowgerConfig config) throws IOException {
        for (boolean ipv4 : new boolean[] {true, false}) {
            boolean wanted = backends.stream().anyMatch(address -> address instanceof Inet4Address == ipv4);
            boolean served = backendPorts.get(0).stream()
                    .anyMatch(address -> address.getAddress() instanceof Inet4Address == ipv4);
            for (int i = 0; wanted && !served && i < loops.size(); i++) {
                LoopPort port = openPort(i, anyPort(ipv4), RoutingSnapshot.BACKEND_SIDE, config);
                useForBackends(port);
                backendClosers.add(() -> close(port, RoutingSnapshot.BACKEND_SIDE));
            }
        }
    }

    private static InetSocketAddress anyPort(boolean ipv4) throws UnknownHostException {
        return new InetSocketAddress(InetAddress.getByName(ipv4 ? "0.0.0.0" : "::"), 0);
    }

    private void useForBackends(LoopPort port) {
        InetSocketAddress bound = port.port().localAddress();
        boolean ipv4 = bound.getAddress() instanceof Inet4Address;
        run(port.loop(), () -> perLoop.get(port.loop()).sockets().setBackendPort(port.port(), ipv4));
        backendPorts.get(port.loop()).add(bound);
    }

    private static StreamOptions streamOptions(ListenerConfig listener, TcpConfig tcp) {
        return new StreamOptions(
                tcp.backlog(),
                listener.maxConnections(),
                tcp.outboundQueueBytes(),
                listener.idleTimeout(),
                tcp.userTimeout(),
                tcp.linger());
    }

    private HttpFront.Settings webSocket(ListenerConfig listener, StrowgerConfig config) {
        return new HttpFront.Settings(
                LoopFactory.webSocket(config),
                new Origins(listener.origins())::allow,
                servesHttp(config) ? Optional.of(http) : Optional.empty());
    }

    private static boolean servesHttp(StrowgerConfig config) {
        return config.pools().stream().anyMatch(PoolConfig::isHttp);
    }

    /** What is offered by ALPN. */
    private static List<String> protocols(ListenerConfig listener, StrowgerConfig config) {
        return listener.transport().isWebSocket() && servesHttp(config)
                ? List.of(HttpRequests.HTTP_2, HttpRequests.HTTP_1_1)
                : List.of();
    }

    private WebSocketCounters webSocketCounters(Channel channel) {
        return perLoop.get(loops.numberOf(channel.eventLoop())).webSockets();
    }

    private static Faces.OpenListener face(Listening open) {
        return Faces.OpenListener.of(open.config(), open.number(), open.bound());
    }

    private void run(int loop, Runnable task) {
        loops.loop(loop).submit(task).syncUninterruptibly();
    }

    private <T> T on(int loop, Callable<T> task) {
        return loops.loop(loop).submit(task).syncUninterruptibly().getNow();
    }

    /** Closes everything, what is queued included. */
    @Override
    public void close() {
        List<Runnable> closers = new ArrayList<>();
        listening().forEach(one -> closers.add(() -> stop(one)));
        closers.addAll(backendClosers);
        for (Runnable closer : closers) {
            try {
                closer.run();
            } catch (RuntimeException e) {
                log.warn("a socket could not be closed: {}", e.toString());
            }
        }
        listening.clear();
    }
}
