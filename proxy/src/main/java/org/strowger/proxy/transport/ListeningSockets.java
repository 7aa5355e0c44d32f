package org.strowger.proxy.transport;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.unix.UnixChannelOption;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.strowger.sip.IpPort;
import org.strowger.threading.RunsOn;

/** Listening TCP sockets: with epoll one for each event loop, which share the port; the kernel spreads connections. */
@RunsOn(RunsOn.Runner.ANY)
public final class ListeningSockets {
    private ListeningSockets() {}

    /**
     * What makes such a socket; the handler and options of its connections are still to be set.
     *
     * @param children run the connections
     * @param backlog connections that may wait to be accepted
     */
    public static ServerBootstrap bootstrap(IoMode mode, EventLoopGroup parent, EventLoopGroup children, int backlog) {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(parent, children)
                .channel(mode.serverChannel())
                .option(ChannelOption.SO_BACKLOG, backlog)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.AUTO_READ, false);
        if (mode == IoMode.EPOLL) {
            bootstrap.option(UnixChannelOption.SO_REUSEPORT, true).option(EpollChannelOption.IP_FREEBIND, true);
        }
        return bootstrap;
    }

    /**
     * Opens it; waits until that is done.
     *
     * @throws IOException when the address cannot be had; the message names it and the cause
     */
    public static Channel bind(ServerBootstrap bootstrap, InetSocketAddress address) throws IOException {
        ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "tcp:" + IpPort.of(address) + ": cannot listen: "
                            + bound.cause().getMessage(),
                    bound.cause());
        }
        return bound.channel();
    }
}
