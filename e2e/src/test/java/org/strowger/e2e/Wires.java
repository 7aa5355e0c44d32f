package org.strowger.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.strowger.sip.Transport;

/**
 * SIP over UDP, TCP, TLS, WebSocket, and WebSocket over TLS, as client and as server, on one event loop: the codecs are those of
 * Netty, so that the program under test is read by others than itself.
 */
final class Wires implements AutoCloseable {
    private static final int MAX_BYTES = 65_536;
    private static final int SOCKET_BYTES = 4 << 20;

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final EventLoop loop = group.next();
    private final Optional<WireTls> tls;

    Wires(Optional<WireTls> tls) {
        this.tls = tls;
    }

    EventLoop loop() {
        return loop;
    }

    /** Opens a way from an address; fails when a handshake does. */
    CompletableFuture<Wire> connect(String from, Endpoint to, Wire.Taker taker) {
        InetSocketAddress remote = new InetSocketAddress(to.address(), to.port());
        InetSocketAddress local = new InetSocketAddress(from, 0);
        CompletableFuture<Wire> ready = new CompletableFuture<>();
        if (to.transport() == Transport.UDP) {
            Channel socket = socket(local, null, taker);
            InetSocketAddress bound = (InetSocketAddress) socket.localAddress();
            ready.complete(new Wire(socket, Transport.UDP, from + ":" + bound.getPort(), remote));
            return ready;
        }
        new Bootstrap()
                .group(group)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        client(channel, to);
                        String name = UUID.randomUUID().toString().substring(24) + ".invalid";
                        channel.pipeline().addLast(new End(to.transport(), name, taker, ready));
                    }
                })
                .connect(remote, local)
                .addListener(done -> {
                    if (!done.isSuccess()) {
                        ready.completeExceptionally(done.cause());
                    }
                });
        return ready;
    }

    /** Takes what comes to an address. */
    Channel listen(Endpoint at, Wire.Taker taker) {
        InetSocketAddress local = new InetSocketAddress(at.address(), at.port());
        if (at.transport() == Transport.UDP) {
            return socket(local, at.hostPort(), taker);
        }
        return new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        server(channel, at.transport());
                        channel.pipeline()
                                .addLast(new End(at.transport(), at.hostPort(), taker, new CompletableFuture<>()));
                    }
                })
                .bind(local)
                .syncUninterruptibly()
                .channel();
    }

    private void client(Channel channel, Endpoint to) {
        ChannelPipeline pipeline = channel.pipeline();
        if (to.transport().isEncrypted()) {
            WireTls own = tls.orElseThrow();
            pipeline.addLast(own.client().newHandler(channel.alloc(), own.serverName(), to.port()));
        }
        if (to.transport().isWebSocket()) {
            WebSocketClientProtocolConfig config = WebSocketClientProtocolConfig.newBuilder()
                    .webSocketUri((to.transport().isEncrypted() ? "wss://" : "ws://") + to.hostPort() + "/")
                    .subprotocol("sip")
                    .maxFramePayloadLength(MAX_BYTES)
                    .handleCloseFrames(false)
                    .build();
            pipeline.addLast(
                    new HttpClientCodec(),
                    new HttpObjectAggregator(MAX_BYTES),
                    new WebSocketClientProtocolHandler(config));
        } else {
            pipeline.addLast(new StreamCut());
        }
    }

    private void server(Channel channel, Transport transport) {
        ChannelPipeline pipeline = channel.pipeline();
        if (transport.isEncrypted()) {
            pipeline.addLast(tls.orElseThrow().server().newHandler(channel.alloc()));
        }
        if (transport.isWebSocket()) {
            pipeline.addLast(
                    new HttpServerCodec(),
                    new HttpObjectAggregator(MAX_BYTES),
                    new WebSocketServerProtocolHandler("/", "sip", false, MAX_BYTES));
        } else {
            pipeline.addLast(new StreamCut());
        }
    }

    private Channel socket(InetSocketAddress local, @Nullable String sentBy, Wire.Taker taker) {
        return new Bootstrap()
                .group(group)
                .channel(NioDatagramChannel.class)
                .option(ChannelOption.SO_RCVBUF, SOCKET_BYTES)
                .handler(new SimpleChannelInboundHandler<DatagramPacket>() {
                    @Override
                    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
                        String text = packet.content().toString(ISO_8859_1);
                        InetSocketAddress bound =
                                (InetSocketAddress) context.channel().localAddress();
                        String name = sentBy == null ? bound.getHostString() + ":" + bound.getPort() : sentBy;
                        Wire wire = new Wire(context.channel(), Transport.UDP, name, packet.sender());
                        taker.take(wire, WireMessage.read(text));
                    }
                })
                .bind(local)
                .syncUninterruptibly()
                .channel();
    }

    /** Where messages come out of a connection. */
    private static final class End extends ChannelInboundHandlerAdapter {
        private final Transport transport;
        private final String name;
        private final Wire.Taker taker;
        private final CompletableFuture<Wire> ready;
        private @Nullable Wire wire;
        private @Nullable Throwable cause;

        End(Transport transport, String name, Wire.Taker taker, CompletableFuture<Wire> ready) {
            this.transport = transport;
            this.name = name;
            this.taker = taker;
            this.ready = ready;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            if (transport == Transport.TCP) {
                stands(context);
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof SslHandshakeCompletionEvent end && transport == Transport.TLS && end.isSuccess()) {
                stands(context);
            } else if (event == WebSocketClientProtocolHandler.ClientHandshakeStateEvent.HANDSHAKE_COMPLETE
                    || event instanceof WebSocketServerProtocolHandler.HandshakeComplete) {
                stands(context);
            } else if (event instanceof SslHandshakeCompletionEvent end && !end.isSuccess()) {
                cause = end.cause();
            }
        }

        private void stands(ChannelHandlerContext context) {
            InetSocketAddress local = (InetSocketAddress) context.channel().localAddress();
            InetSocketAddress remote = (InetSocketAddress) context.channel().remoteAddress();
            boolean nameless = name.endsWith(".invalid") && !transport.isWebSocket();
            String sentBy = nameless ? local.getHostString() + ":" + local.getPort() : name;
            Wire made = new Wire(context.channel(), transport, sentBy, remote);
            wire = made;
            ready.complete(made);
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            try {
                String text = message instanceof WebSocketFrame frame
                        ? frame.content().toString(ISO_8859_1)
                        : message + "";
                if (message instanceof CloseWebSocketFrame last) {
                    if (wire != null) {
                        wire.closedWith(last.statusCode());
                    }
                    var unused = context.close();
                } else if (wire != null && !text.isBlank()) {
                    taker.take(wire, WireMessage.read(text));
                }
            } finally {
                ReferenceCountUtil.release(message);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable thrown) {
            cause = thrown;
            var unused = context.close();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            ready.completeExceptionally(cause == null ? new IOException("closed before it could be used") : cause);
            if (wire != null) {
                taker.ended(wire);
            }
        }
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 5, java.util.concurrent.TimeUnit.SECONDS).syncUninterruptibly();
    }
}
