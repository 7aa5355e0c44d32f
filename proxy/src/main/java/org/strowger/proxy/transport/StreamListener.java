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
    private final StreamOptions options;
    private final Supplier<StreamFraming> framing;
    private final FlowSetup setup;
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
        this.setup = new FlowSetup(
                number,
                options.maxQueuedBytes(),
                options.idleTimeout().toNanos(),
                options.linger().toNanos(),
                FlowSetup.Owner.NOBODY);
    }

    /**
     * Opens the address on all loops; {@code flows} holds the flows of loop 0, 1, and so on. Not to be called on a loop.
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
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childHandler(new Accepter());
        if (loops.mode() == IoMode.EPOLL) {
            bootstrap
                    .option(UnixChannelOption.SO_REUSEPORT, true)
                    .option(EpollChannelOption.IP_FREEBIND, true)
                    .childOption(EpollChannelOption.TCP_USER_TIMEOUT, (int)
                            options.userTimeout().toMillis());
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
            owner.counters().accepted(number);
            InetSocketAddress peer = (InetSocketAddress) channel.remoteAddress();
            if (peer == null) {
                var unused = channel.close();
                return;
            }
            StreamFlow flow = new StreamFlow(owner, channel, IpPort.of(peer), setup);
            owner.add(flow);
            channel.pipeline().addLast(new StreamChannelHandler(owner, flow, framing.get()));
        }
    }
}
