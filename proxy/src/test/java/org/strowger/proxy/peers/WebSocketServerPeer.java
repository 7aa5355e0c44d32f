package org.strowger.proxy.peers;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.ssl.SslHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/** A SIP over WebSocket server on Netty's own codec, of whatever connection came last; it insists on masks. */
public final class WebSocketServerPeer extends SipPeer {
    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Channel server;
    private volatile @Nullable Channel last;
    private final AtomicInteger connections = new AtomicInteger();

    /** @param path the only one that is served */
    public WebSocketServerPeer(String path) {
        this(path, Optional.empty());
    }

    /** The same behind TLS. */
    public WebSocketServerPeer(String path, SSLContext tls) {
        this(path, Optional.of(tls));
    }

    private WebSocketServerPeer(String path, Optional<SSLContext> tls) {
        server = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        tls.ifPresent(context -> channel.pipeline().addLast(secured(context)));
                        channel.pipeline()
                                .addLast(new HttpServerCodec())
                                .addLast(new HttpObjectAggregator(8192))
                                .addLast(new WebSocketServerProtocolHandler(path, "sip", false, 100_000))
                                .addLast(new WebSocketFrameAggregator(100_000))
                                .addLast(new Reader());
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel();
    }

    private static SslHandler secured(SSLContext context) {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        return new SslHandler(engine);
    }

    public int port() {
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    /** How many have connected so far. */
    public int connections() {
        return connections.get();
    }

    /** Ends the connection without a word. */
    public void drop() {
        Channel channel = last;
        if (channel != null) {
            channel.close().syncUninterruptibly();
        }
    }

    @Override
    public void send(String message) {
        Channel channel = last;
        if (channel == null) {
            throw new AssertionError("nobody has connected");
        }
        channel.writeAndFlush(new TextWebSocketFrame(message)).syncUninterruptibly();
    }

    @Override
    public void close() {
        server.close().syncUninterruptibly();
        group.shutdownGracefully().syncUninterruptibly();
    }

    /** Takes messages. */
    private final class Reader extends SimpleChannelInboundHandler<WebSocketFrame> {

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof WebSocketServerProtocolHandler.HandshakeComplete) {
                last = context.channel();
                connections.incrementAndGet();
            }
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
            last = context.channel();
            arrived(frame.content().toString(UTF_8));
        }
    }
}
