package org.strowger.health.probe;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;

/**
 * Where probes get their sockets: a loop, and the kinds of channel that it serves.
 *
 * @param loop the probing thread
 */
public record ProbeSockets(
        EventLoop loop, ChannelFactory<DatagramChannel> datagrams, ChannelFactory<SocketChannel> streams) {
    /** Answers to OPTIONS with a long Allow and a description of the media fit; the rest of a longer one is cut off. */
    private static final int MAX_DATAGRAM_BYTES = 8192;

    Bootstrap datagram(ChannelHandler handler) {
        return on(datagrams, handler)
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(MAX_DATAGRAM_BYTES));
    }

    Bootstrap stream(ChannelHandler handler) {
        return on(streams, handler).option(ChannelOption.TCP_NODELAY, true);
    }

    /** One for a single question: closing it resets it. */
    Bootstrap briefStream(ChannelHandler handler) {
        return stream(handler).option(ChannelOption.SO_LINGER, 0);
    }

    private Bootstrap on(ChannelFactory<? extends Channel> channels, ChannelHandler handler) {
        return new Bootstrap()
                .group(loop)
                .channelFactory(channels)
                .handler(handler)
                .disableResolver();
    }
}
