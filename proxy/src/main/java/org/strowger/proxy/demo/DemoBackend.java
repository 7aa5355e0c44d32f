package org.strowger.proxy.demo;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.threading.RunsOn;

/**
 * A SIP server that answers every call: a {@link DemoUas} on one UDP and one TCP socket of the same port, with a thread
 * of its own.
 */
@RunsOn(RunsOn.Runner.ANY)
public final class DemoBackend implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DemoBackend.class);
    private static final int BIND_ATTEMPTS = 20;

    private final EventLoopGroup thread;
    private final DemoUas uas;
    private final InetSocketAddress address;

    private DemoBackend(String name, InetAddress host, Duration ring, RandomGenerator random) throws IOException {
        thread = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("demo-backend-" + name), NioIoHandler.newFactory());
        uas = new DemoUas(name, thread.next(), random, ring);
        try {
            address = bind(host);
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /**
     * Opens both sockets on a port that the kernel chooses.
     *
     * @param ring time between 180 and 200
     */
    public static DemoBackend start(String name, InetAddress host, Duration ring, RandomGenerator random)
            throws IOException {
        return new DemoBackend(name, host, ring, random);
    }

    /** Where it listens, UDP and TCP. */
    public InetSocketAddress address() {
        return address;
    }

    /** Calls that began here. */
    public long calls() {
        return uas.calls();
    }

    @Override
    public void close() {
        thread.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    /** A free UDP port whose TCP twin is taken is given back and another one tried. */
    private InetSocketAddress bind(InetAddress host) throws IOException {
        for (int attempt = 1; ; attempt++) {
            Channel udp = opened(new Bootstrap()
                    .group(thread)
                    .channel(NioDatagramChannel.class)
                    .handler(new Datagrams())
                    .bind(host, 0));
            InetSocketAddress bound = (InetSocketAddress) udp.localAddress();
            try {
                opened(new ServerBootstrap()
                        .group(thread)
                        .channel(NioServerSocketChannel.class)
                        .childHandler(new ChannelInitializer<>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                channel.pipeline().addLast(new DemoFraming()).addLast(new Streams());
                            }
                        })
                        .bind(bound));
                return bound;
            } catch (IOException e) {
                udp.close().awaitUninterruptibly();
                if (attempt == BIND_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private static Channel opened(ChannelFuture bound) throws IOException {
        if (!bound.awaitUninterruptibly().isSuccess()) {
            throw new IOException("demo backend: " + bound.cause().getMessage(), bound.cause());
        }
        return bound.channel();
    }

    private void receive(String text, DemoPeer peer) {
        DemoMessage.parse(text).filter(DemoMessage::isRequest).ifPresent(request -> uas.receive(request, peer));
    }

    private static String contact(InetSocketAddress local, String parameters) {
        return "sip:demo@" + local.getAddress().getHostAddress() + ":" + local.getPort() + parameters;
    }

    /** A sender with the channel to it. */
    private record Peer(InetSocketAddress source, String contact, boolean isReliable, Channel channel)
            implements DemoPeer {
        @Override
        public void send(String text) {
            ByteBuf bytes = Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
            var unused = channel.writeAndFlush(
                    isReliable ? bytes : new DatagramPacket(bytes, source), channel.voidPromise());
        }
    }

    /** The UDP socket. */
    @RunsOn(RunsOn.Runner.EVENT_LOOP)
    private final class Datagrams extends SimpleChannelInboundHandler<DatagramPacket> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
            Channel channel = context.channel();
            String contact = contact((InetSocketAddress) channel.localAddress(), "");
            receive(
                    packet.content().toString(StandardCharsets.UTF_8),
                    new Peer(packet.sender(), contact, false, channel));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            LOG.debug("demo backend: {}", cause.toString());
        }
    }

    /** A TCP connection. */
    @RunsOn(RunsOn.Runner.EVENT_LOOP)
    private final class Streams extends SimpleChannelInboundHandler<String> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, String text) {
            Channel channel = context.channel();
            String contact = contact((InetSocketAddress) channel.localAddress(), ";transport=tcp");
            receive(text, new Peer((InetSocketAddress) channel.remoteAddress(), contact, true, channel));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            LOG.debug("demo backend: {}", cause.toString());
            var unused = context.close();
        }
    }
}
