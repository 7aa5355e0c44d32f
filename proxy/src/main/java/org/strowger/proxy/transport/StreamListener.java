package org.strowger.proxy.transport;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.strowger.proxy.proxyprotocol.ProxyProtocolGate;
import org.strowger.sip.IpPort;
import org.strowger.threading.RunsOn;

/**
 * A listening TCP address. With epoll it is one socket per event loop under SO_REUSEPORT, and a connection stays on the
 * loop whose socket the kernel chose; otherwise one socket hands its connections to the loops in turn.
 */
@RunsOn(RunsOn.Runner.ANY)
public final class StreamListener implements AutoCloseable {
    private final EventLoops loops;
    private final List<Flows> flows;
    private final int number;
    /** Read on the loops that accept; replaced by {@link #use}. */
    private volatile StreamOptions options;

    private final ConnectionFront front;
    private volatile ProxyProtocolGate.Terms terms = ProxyProtocolGate.Terms.NONE;
    private final AtomicInteger connections = new AtomicInteger();
    private final List<Channel> sockets = new ArrayList<>();
    private InetSocketAddress localAddress;

    private StreamListener(
            EventLoops loops,
            List<Flows> flows,
            int number,
            InetSocketAddress bind,
            StreamOptions options,
            ConnectionFront front) {
        this.loops = loops;
        this.flows = List.copyOf(flows);
        this.number = number;
        this.options = options;
        this.front = front;
        this.localAddress = bind;
    }

    private FlowSetup setup(ConnectionFront.Framed as) {
        StreamOptions now = options;
        return new FlowSetup(
                number,
                as.transport(),
                now.maxQueuedBytes(),
                now.idleTimeout().toNanos(),
                now.linger().toNanos(),
                as.keepAlive(),
                FlowSetup.Owner.NOBODY);
    }

    /**
     * Opens the address on all loops and accepts; {@code flows} holds the flows of loop 0, 1, and so on. Not to be called
     * on a loop.
     *
     * @throws IOException when the address cannot be bound; the message names the address and the cause
     */
    public static StreamListener open(
            EventLoops loops,
            List<Flows> flows,
            int number,
            InetSocketAddress bind,
            StreamOptions options,
            ConnectionFront front)
            throws IOException {
        StreamListener listener = prepare(loops, flows, number, bind, options, front);
        listener.accept();
        return listener;
    }

    /** As {@link #open}, but connections wait in the kernel until {@link #accept}. */
    public static StreamListener prepare(
            EventLoops loops,
            List<Flows> flows,
            int number,
            InetSocketAddress bind,
            StreamOptions options,
            ConnectionFront front)
            throws IOException {
        if (flows.size() != loops.size()) {
            throw new IllegalArgumentException(
                    "flows: " + flows.size() + " (expected: one per loop, " + loops.size() + ")");
        }
        StreamListener listener = new StreamListener(loops, flows, number, bind, options, front);
        try {
            listener.bindAll();
        } catch (IOException e) {
            listener.close();
            throw e;
        }
        return listener;
    }

    /** Takes connections from now on. Not to be called on a loop. */
    public void accept() {
        for (Channel socket : sockets) {
            socket.eventLoop().submit(() -> socket.config().setAutoRead(true)).syncUninterruptibly();
        }
    }

    /** Settings of the connections accepted from now on; the backlog stays. */
    public void use(StreamOptions now) {
        options = now;
    }

    /** From whom the connections accepted from now on have to begin with a header of the PROXY protocol. */
    public void expect(ProxyProtocolGate.Terms now) {
        terms = now;
    }

    public int number() {
        return number;
    }

    /** The bound address, with the port that the kernel chose when 0 was asked for. */
    public InetSocketAddress localAddress() {
        return localAddress;
    }

    /** Connections now open, over all loops. */
    public int connections() {
        return connections.get();
    }

    /** Stops listening and waits for it; open connections stay. Not to be called on a loop. */
    @Override
    public void close() {
        for (Channel socket : sockets) {
            socket.close().awaitUninterruptibly();
        }
    }

    private void bindAll() throws IOException {
        if (loops.mode() == IoMode.NIO) {
            bind(loops.loop(0), loops.group());
            return;
        }
        for (int i = 0; i < loops.size(); i++) {
            bind(loops.loop(i), loops.loop(i));
        }
    }

    private void bind(EventLoopGroup parent, EventLoopGroup children) throws IOException {
        ServerBootstrap bootstrap = ListeningSockets.bootstrap(loops.mode(), parent, children, options.backlog())
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childHandler(new Accepter());
        Channel bound = ListeningSockets.bind(bootstrap, localAddress);
        sockets.add(bound);
        localAddress = (InetSocketAddress) bound.localAddress();
    }

    /** Gives each accepted connection to the front, or refuses it. */
    @RunsOn(RunsOn.Runner.EVENT_LOOP)
    private final class Accepter extends ChannelInitializer<Channel> implements ConnectionFront.FlowOpener {

        @Override
        public boolean isSharable() {
            return true;
        }

        @Override
        protected void initChannel(Channel channel) {
            Flows owner = flows.get(loops.numberOf(channel.eventLoop()));
            if (connections.incrementAndGet() > options.maxConnections()) {
                connections.decrementAndGet();
                owner.counters().refused(number);
                channel.config().setOption(ChannelOption.SO_LINGER, 0);
                var unused = channel.close();
                return;
            }
            channel.closeFuture().addListener(closed -> connections.decrementAndGet());
            if (loops.mode() == IoMode.EPOLL) {
                channel.config().setOption(EpollChannelOption.TCP_USER_TIMEOUT, (int)
                        options.userTimeout().toMillis());
            }
            owner.counters().accepted(number);
            admit(channel, owner);
        }

        /** What a proxy in front says comes before everything else, TLS included. */
        private void admit(Channel channel, Flows owner) {
            InetSocketAddress peer = (InetSocketAddress) channel.remoteAddress();
            ProxyProtocolGate.Terms expected = terms;
            if (peer == null) {
                var unused = channel.close();
            } else if (expected.from().test(IpPort.of(peer))) {
                channel.pipeline()
                        .addLast(new ProxyProtocolGate(
                                expected.timeout(),
                                owner.counters().headers(),
                                passed -> front.accepted(passed, this)));
            } else if (expected.othersAllowed()) {
                front.accepted(channel, this);
            } else {
                owner.counters().headers().stranger();
                channel.config().setOption(ChannelOption.SO_LINGER, 0);
                var unused = channel.close();
            }
        }

        @Override
        public void open(Channel channel, ConnectionFront.Framed as) {
            InetSocketAddress peer = (InetSocketAddress) channel.remoteAddress();
            if (peer == null) {
                var unused = channel.close();
                return;
            }
            Flows owner = flows.get(loops.numberOf(channel.eventLoop()));
            IpPort from = ProxyProtocolGate.source(channel, IpPort.of(peer));
            StreamFlow flow = new StreamFlow(owner, channel, from, setup(as), as.framing());
            owner.add(flow);
            channel.pipeline().addLast(new StreamChannelHandler(owner, flow, as.framing()));
        }
    }
}
