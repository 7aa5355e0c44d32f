package org.strowger.proxy.transport;

import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.util.concurrent.ExecutionException;
import org.strowger.threading.RunsOn;

/**
 * UDP through Netty's datagram channels: epoll with recvmmsg where the event loop is one of epoll, else NIO. Allocates
 * a few hundred bytes per datagram.
 *
 * <p>Does not report ICMP errors: the kernel tells an unconnected socket of them only through its error queue, which
 * neither channel reads. Failures of a backend are seen by timeout and health check alone.
 */
@RunsOn(RunsOn.Runner.ANY)
final class NettyDatagramEngine implements DatagramEngine {
    private static final int SOL_IPV6 = 41;
    private static final int IPV6_V6ONLY = 26;
    private static final IntegerUnixChannelOption V6_ONLY =
            new IntegerUnixChannelOption("IPV6_V6ONLY", SOL_IPV6, IPV6_V6ONLY);

    /** One receive buffer serves a whole batch: keep it within what Netty's allocator pools. */
    private static final int MAX_READ_BYTES = 1 << 20;

    private static final int SEND_QUEUE_BYTES = 1 << 20;

    @Override
    public String description() {
        return "Netty datagram channels, ICMP errors not seen";
    }

    @Override
    public DatagramPort open(EventLoop loop, InetSocketAddress bind, DatagramOptions options, DatagramHandler handler)
            throws IOException {
        try {
            if (loop.inEventLoop()) {
                return openOnLoop(loop, bind, options, handler);
            }
            return loop.submit(() -> openOnLoop(loop, bind, options, handler)).get();
        } catch (ExecutionException e) {
            throw new IOException("UDP " + bind + ": " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("UDP " + bind + ": interrupted", e);
        }
    }

    private static DatagramPort openOnLoop(
            EventLoop loop, InetSocketAddress bind, DatagramOptions options, DatagramHandler handler)
            throws IOException {
        boolean epoll = IoMode.of(loop) == IoMode.EPOLL;
        DatagramChannel channel = epoll ? epollChannel(bind, options) : nioChannel(bind, options);
        ChannelConfig config = channel.config();
        config.setOption(ChannelOption.SO_REUSEADDR, true);
        config.setOption(ChannelOption.SO_RCVBUF, options.receiveBufferBytes());
        config.setOption(ChannelOption.SO_SNDBUF, options.sendBufferBytes());
        config.setWriteBufferWaterMark(new WriteBufferWaterMark(SEND_QUEUE_BYTES / 2, SEND_QUEUE_BYTES));
        NettyDatagramPort port = new NettyDatagramPort(channel, options, handler);
        channel.pipeline().addLast(port.inbound());
        // On the loop both complete, or fail, before they return.
        Throwable failure = loop.register(channel).cause();
        if (failure == null) {
            failure = channel.bind(bind).cause();
        }
        if (failure != null) {
            channel.close().addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
            throw new IOException(failure.getMessage(), failure);
        }
        return port;
    }

    private static DatagramChannel epollChannel(InetSocketAddress bind, DatagramOptions options) {
        EpollDatagramChannel channel = new EpollDatagramChannel(family(bind));
        int slotBytes = options.maxDatagramBytes() + 1;
        int batch = Math.max(1, Math.min(options.batch(), MAX_READ_BYTES / slotBytes));
        channel.config().setOption(EpollChannelOption.SO_REUSEPORT, true);
        channel.config().setOption(EpollChannelOption.IP_FREEBIND, true);
        channel.config().setOption(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, slotBytes);
        channel.config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(slotBytes * batch));
        if (family(bind) == SocketProtocolFamily.INET6) {
            channel.config().setOption(V6_ONLY, 1);
        }
        return channel;
    }

    private static DatagramChannel nioChannel(InetSocketAddress bind, DatagramOptions options) {
        NioDatagramChannel channel = new NioDatagramChannel(family(bind));
        channel.config().setOption(NioChannelOption.of(StandardSocketOptions.SO_REUSEPORT), true);
        channel.config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(options.maxDatagramBytes() + 1));
        return channel;
    }

    private static SocketProtocolFamily family(InetSocketAddress bind) {
        return bind.getAddress() instanceof Inet6Address ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET;
    }
}
