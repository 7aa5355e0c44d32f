package org.strowger.proxy.relay;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.strowger.proxy.metrics.Counter;
import org.strowger.proxy.proxyprotocol.GivenAddresses;
import org.strowger.proxy.proxyprotocol.ProxyHeaderWriter;
import org.strowger.proxy.proxyprotocol.ProxyProtocolGate;
import org.strowger.proxy.proxyprotocol.Tlv;
import org.strowger.proxy.transport.EventLoops;
import org.strowger.proxy.transport.IoMode;
import org.strowger.proxy.transport.ListeningSockets;
import org.strowger.sip.IpPort;
import org.strowger.threading.RunsOn;

/**
 * A TCP address whose connections are passed on. With epoll it is one socket per event loop under SO_REUSEPORT; both
 * connections of a session stay on the loop that accepted the first.
 */
@RunsOn(RunsOn.Runner.ANY)
public final class TcpRelayListener implements RelayListener {
    /** Before TLS, or without. */
    static final Encryption.Agreed PLAIN = new Encryption.Agreed("", "", "");

    private static final int MIN_READ = 2 * 1024;
    private static final int FIRST_READ = 16 * 1024;
    private static final int MAX_READ = 256 * 1024;

    /** Of both connections of a session. No TCP_USER_TIMEOUT: it would end a reader that takes a long rest. */
    static final Map<ChannelOption<?>, Object> CHANNEL_OPTIONS = Map.of(
            // The same memory again and again: Netty's adaptive allocator takes fresh, zeroed memory for buffers of
            // this size.
            ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT,
            ChannelOption.AUTO_READ, false,
            ChannelOption.ALLOW_HALF_CLOSURE, true,
            ChannelOption.TCP_NODELAY, true,
            ChannelOption.SO_KEEPALIVE, true,
            ChannelOption.WRITE_BUFFER_WATER_MARK,
                    new WriteBufferWaterMark(TcpSession.LOW_WATER, TcpSession.HIGH_WATER),
            ChannelOption.RECVBUF_ALLOCATOR, new AdaptiveRecvByteBufAllocator(MIN_READ, FIRST_READ, MAX_READ));

    private final EventLoops loops;
    private final List<RelayLoop> perLoop;
    private final AtomicInteger connections = new AtomicInteger();
    private final List<Channel> sockets = new ArrayList<>();
    private final String name;
    /** Until there are others under its name. */
    private final TcpRelayOptions first;

    private InetSocketAddress localAddress;

    private TcpRelayListener(EventLoops loops, List<RelayLoop> perLoop, Place place, TcpRelayOptions first) {
        this.loops = loops;
        this.perLoop = List.copyOf(perLoop);
        this.name = place.name();
        this.localAddress = place.bind();
        this.first = first;
    }

    /**
     * Opens the address on all loops; connections wait in the kernel until {@link #accept}. Not to be called on a loop.
     *
     * @param first its settings until the picture has others; the backlog stays as it is now
     * @throws IOException when the address cannot be bound; the message names the address and the cause
     */
    public static TcpRelayListener prepare(
            EventLoops loops, List<RelayLoop> perLoop, Place place, TcpRelayOptions first) throws IOException {
        TcpRelayListener listener = new TcpRelayListener(loops, perLoop, place, first);
        try {
            if (loops.mode() == IoMode.NIO) {
                listener.bind(loops.loop(0), loops.group());
            }
            for (int i = 0; loops.mode() == IoMode.EPOLL && i < loops.size(); i++) {
                listener.bind(loops.loop(i), loops.loop(i));
            }
        } catch (IOException e) {
            listener.close();
            throw e;
        }
        return listener;
    }

    private void bind(EventLoopGroup parent, EventLoopGroup children) throws IOException {
        ServerBootstrap bootstrap = ListeningSockets.bootstrap(loops.mode(), parent, children, first.backlog())
                .childHandler(new Accepter());
        CHANNEL_OPTIONS.forEach((option, value) -> setChild(bootstrap, option, value));
        Channel bound = ListeningSockets.bind(bootstrap, localAddress);
        sockets.add(bound);
        localAddress = (InetSocketAddress) bound.localAddress();
    }

    @SuppressWarnings("unchecked") // the map holds values of the options' types
    private static <T> void setChild(ServerBootstrap bootstrap, ChannelOption<T> option, Object value) {
        bootstrap.childOption(option, (T) value);
    }

    @SuppressWarnings("unchecked") // the map holds values of the options' types
    static <T> void set(Bootstrap bootstrap, ChannelOption<T> option, Object value) {
        bootstrap.option(option, (T) value);
    }

    @Override
    public void accept() {
        for (Channel socket : sockets) {
            socket.eventLoop().submit(() -> socket.config().setAutoRead(true)).syncUninterruptibly();
        }
    }

    @Override
    public InetSocketAddress localAddress() {
        return localAddress;
    }

    @Override
    public int open() {
        return connections.get();
    }

    @Override
    public void close() {
        sockets.forEach(socket -> socket.close().awaitUninterruptibly());
    }

    /** Where the client connected to. */
    static IpPort destination(Channel client) {
        GivenAddresses given = client.attr(GivenAddresses.KEY).get();
        return given == null ? IpPort.of(TcpSession.local(client)) : given.destination();
    }

    /** Writes a header of version 2. Returns its length. */
    static int header(ProxyHeaderWriter writer, IpPort source, IpPort destination, Encryption.Agreed tls) {
        writer.begin(ProxyHeaderWriter.Payload.STREAM, source, destination).tlv(Tlv.AUTHORITY, tls.host());
        if (!tls.version().isEmpty()) {
            writer.tls(tls.version(), tls.cipher());
        }
        return writer.end();
    }

    /** Says to the peer that nothing more comes. */
    static void endOutput(Channel channel) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls != null) {
            var unused = tls.closeOutbound();
        } else if (channel instanceof DuplexChannel duplex && channel.isActive()) {
            var unused = duplex.shutdownOutput();
        }
    }

    /** Closes with RST. */
    static void reset(Channel channel) {
        if (channel.isOpen()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        }
        var unused = channel.close();
    }

    /** Makes a session of each accepted connection, or refuses it. */
    @RunsOn(RunsOn.Runner.EVENT_LOOP)
    private final class Accepter extends ChannelInitializer<Channel> {

        @Override
        public boolean isSharable() {
            return true;
        }

        @Override
        protected void initChannel(Channel channel) {
            RelayLoop loop = perLoop.get(loops.numberOf(channel.eventLoop()));
            TcpRelayOptions now = loop.picture().tcp().getOrDefault(name, first);
            InetSocketAddress peer = (InetSocketAddress) channel.remoteAddress();
            if (connections.incrementAndGet() > now.maxConnections() || peer == null) {
                connections.decrementAndGet();
                loop.count(Counter.RELAY_REFUSED_FULL);
                reset(channel);
                return;
            }
            channel.closeFuture().addListener(closed -> connections.decrementAndGet());
            loop.count(Counter.RELAY_ACCEPTED);
            IpPort from = IpPort.of(peer);
            if (now.terms().from().test(from)) {
                channel.pipeline()
                        .addLast(new ProxyProtocolGate(
                                now.terms().timeout(), loop.headers(), passed -> begin(passed, loop, now, from)));
            } else if (now.terms().othersAllowed()) {
                begin(channel, loop, now, from);
            } else {
                loop.headers().stranger();
                reset(channel);
            }
        }

        /** Everything in front is known. */
        private void begin(Channel channel, RelayLoop loop, TcpRelayOptions now, IpPort peer) {
            TcpSession session = new TcpSession(loop, name, now, channel, ProxyProtocolGate.source(channel, peer));
            loop.add(session);
            if (now.tls().isPresent()) {
                Encryption tls = now.tls().get();
                if (!tls.admit()) {
                    session.refuse(Counter.RELAY_REFUSED_HANDSHAKES);
                    return;
                }
                channel.pipeline().addLast(tls.newHandler(channel), new Handshake(session, tls));
                channel.config().setAutoRead(true);
            } else if (now.routes().isByHost()) {
                channel.pipeline().addLast(new HostReader(session));
                channel.config().setAutoRead(true);
            }
            channel.pipeline().addLast(session.clientEnd());
            if (now.tls().isEmpty() && !now.routes().isByHost()) {
                session.route("");
            }
        }
    }
}
