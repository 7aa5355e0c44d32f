package org.strowger.proxy.admin;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.strowger.threading.RunsOn;

/**
 * The HTTP server for operators and monitoring. It has one thread of its own, so that no scrape delays a call and a
 * stuck event loop can still be looked at.
 */
@RunsOn(RunsOn.Runner.ANY)
public final class AdminServer implements AutoCloseable {
    private static final int MAX_LINE_BYTES = 4096;
    private static final int MAX_HEADER_BYTES = 8192;
    private static final int MAX_CHUNK_BYTES = 8192;
    private static final int MAX_BODY_BYTES = 64 * 1024;

    private final EventLoopGroup thread =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("strowger-admin"), NioIoHandler.newFactory());
    private final AdminOptions options;
    private final AdminHandler handler;
    private final Channel server;
    private int connections;

    private AdminServer(AdminOptions options, AdminPages pages, Optional<AdminApi> api) throws IOException {
        this.options = options;
        this.handler = new AdminHandler(pages, api, options.token());
        ChannelFuture bound = new ServerBootstrap()
                .group(thread)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(channel);
                    }
                })
                .bind(options.bind())
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            var unused = thread.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            throw new IOException(
                    "admin.bind: " + NetUtil.toSocketAddressString(options.bind()) + ": "
                            + bound.cause().getMessage() + " (expected: a free port of this machine)",
                    bound.cause());
        }
        this.server = bound.channel();
    }

    /** Opens the socket and starts answering. */
    public static AdminServer start(AdminOptions options, AdminPages pages) throws IOException {
        return new AdminServer(options, pages, Optional.empty());
    }

    /** The same with what changes the running proxy. */
    public static AdminServer start(AdminOptions options, AdminPages pages, AdminApi api) throws IOException {
        return new AdminServer(options, pages, Optional.of(api));
    }

    /** Requests must show that token from now on; any thread may call. An address that is not loopback keeps one. */
    public void useToken(Optional<String> token) {
        handler.useToken(AdminOptions.of(options.bind(), token).token());
    }

    /** Where it listens, with the port that the kernel chose when 0 was asked for. */
    public InetSocketAddress localAddress() {
        return (InetSocketAddress) server.localAddress();
    }

    /** The admin thread, for {@link Heartbeats#start}. */
    public EventExecutor executor() {
        return thread.next();
    }

    /** Closes the socket and all connections, and waits for the thread to end. */
    @Override
    public void close() {
        thread.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private void accept(Channel channel) {
        if (connections >= options.maxConnections()) {
            var unused = channel.close();
            return;
        }
        connections++;
        channel.closeFuture().addListener(closed -> connections--);
        channel.pipeline()
                .addLast(new IdleStateHandler(0, 0, options.idle().toMillis(), TimeUnit.MILLISECONDS))
                .addLast(new HttpServerCodec(MAX_LINE_BYTES, MAX_HEADER_BYTES, MAX_CHUNK_BYTES))
                .addLast(new HttpObjectAggregator(MAX_BODY_BYTES) {
                    @Override
                    protected void handleOversizedMessage(ChannelHandlerContext context, HttpMessage oversized) {
                        AdminHandler.write(context, AdminAnswer.error(413, "body too long"), false);
                    }
                })
                .addLast(handler);
    }
}
