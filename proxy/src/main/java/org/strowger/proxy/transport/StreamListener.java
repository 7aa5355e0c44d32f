package org.strowger.proxy.transport;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.unix.UnixChannelOption;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
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

    private final Supplier<StreamFraming> framing;
    private volatile FlowSetup setup;
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
            Supplier<StreamFraming> framing) {
        this.loops = loops;
        this.flows = List.copyOf(flows);
        this.number = number;
        this.options = options;
        this.framing = framing;
        this.localAddress = bind;
        this.setup = setup(options);
    }

    private FlowSetup setup(StreamOptions of) {
        return new FlowSetup(
                number,
                of.maxQueuedBytes(),
                of.idleTimeout().toNanos(),
                of.linger().toNanos(),
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
            Supplier<StreamFraming> framing)
            throws IOException {
        StreamListener listener = prepare(loops, flows, number, bind, options, framing);
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
            Supplier<StreamFraming> framing)
            throws IOException {
        if (flows.size() != loops.size()) {
            throw new IllegalArgumentException(
                    "flows: " + flows.size() + " (expected: one per loop, " + loops.size() + ")");
        }
        StreamListener listener = new StreamListener(loops, flows, number, bind, options, framing);
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
        setup = setup(now);
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
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(parent, children)
                .channel(loops.mode().serverChannel())
                .option(ChannelOption.SO_BACKLOG, options.backlog())
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childHandler(new Accepter());
        if (loops.mode() == IoMode.EPOLL) {
            bootstrap.option(UnixChannelOption.SO_REUSEPORT, true).option(EpollChannelOption.IP_FREEBIND, true);
        }
        ChannelFuture bound = bootstrap.bind(localAddress).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "tcp:" + IpPort.of(localAddress) + ": cannot listen: "
                            + bound.cause().getMessage(),
                    bound.cause());
        }
        sockets.add(bound.channel());
        localAddress = (InetSocketAddress) bound.channel().localAddress();
    }

    /** Makes a flow of each accepted connection, or refuses it. */
    @RunsOn(RunsOn.Runner.EVENT_LOOP)
    private final class Accepter extends ChannelInitializer<Channel> {

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
            InetSocketAddress peer = (InetSocketAddress) channel.remoteAddress();
            if (peer == null) {
                var unused = channel.close();
                return;
            }
            IpPort from = IpPort.of(peer);
            ProxyProtocolGate.Terms expected = terms;
            if (expected.from().test(from)) {
                channel.pipeline()
                        .addLast(new ProxyProtocolGate(
                                expected.timeout(), owner.counters().headers(), passed -> begin(passed, owner, from)));
            } else if (expected.othersAllowed()) {
                begin(channel, owner, from);
            } else {
                owner.counters().headers().stranger();
                channel.config().setOption(ChannelOption.SO_LINGER, 0);
                var unused = channel.close();
            }
        }

        /** Everything in front is known: a flow of whoever it is from. */
        private void begin(Channel channel, Flows owner, IpPort peer) {
            StreamFlow flow = new StreamFlow(owner, channel, ProxyProtocolGate.source(channel, peer), setup);
            owner.add(flow);
            channel.pipeline().addLast(new StreamChannelHandler(owner, flow, framing.get()));
        }
    }
}
