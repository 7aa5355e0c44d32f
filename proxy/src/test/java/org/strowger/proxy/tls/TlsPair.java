package org.strowger.proxy.tls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A connection of two ends in one thread: what one writes is given to the other until both are silent. */
final class TlsPair {
    private final TlsStore serverStore;
    private final TlsStore clientStore;
    private final String server;
    private final String client;
    private final ClientTls.Names names;
    private EmbeddedChannel serverEnd = new EmbeddedChannel();
    private EmbeddedChannel clientEnd = new EmbeddedChannel();
    private Ends serverEnds = new Ends();
    private Ends clientEnds = new Ends();

    /** Keeps the end of the handshake, and what came out of TLS. */
    private static final class Ends extends ChannelInboundHandlerAdapter {
        private @Nullable Boolean success;

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof SslHandshakeCompletionEvent end) {
                success = end.isSuccess();
            }
        }

        /** What the peer says against us comes after the end of the handshake with TLS 1.3. */
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
            var unused = context.close();
        }
    }

    TlsPair(TlsStore store, String server, String client, ClientTls.Names names) {
        this(store, server, store, client, names);
    }

    /** Two processes. */
    TlsPair(TlsStore serverStore, String server, TlsStore clientStore, String client, ClientTls.Names names) {
        this.serverStore = serverStore;
        this.clientStore = clientStore;
        this.server = server;
        this.client = client;
        this.names = names;
    }

    /** True when both ends agree. */
    boolean handshake(String host) {
        return handshake(host, List.of());
    }

    boolean handshake(String host, List<String> protocols) {
        serverEnds = new Ends();
        clientEnds = new Ends();
        serverEnd = new EmbeddedChannel();
        clientEnd = new EmbeddedChannel();
        serverEnd.pipeline().addLast(serverStore.server(server).newHandler(serverEnd, protocols), serverEnds);
        clientEnd
                .pipeline()
                .addLast(clientStore.client(client, names).newHandler(clientEnd, host, 5061, protocols), clientEnds);
        exchange();
        return Boolean.TRUE.equals(serverEnds.success) && Boolean.TRUE.equals(clientEnds.success);
    }

    TlsSession serverSession() {
        return TlsSession.of(serverEnd).orElseThrow();
    }

    TlsSession clientSession() {
        return TlsSession.of(clientEnd).orElseThrow();
    }

    /** The client writes that, the server reads it and writes it back: what the client reads. */
    String echo(String text) {
        clientEnd.writeOutbound(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
        exchange();
        ByteBuf there = Objects.requireNonNull(serverEnd.readInbound());
        serverEnd.writeOutbound(there);
        exchange();
        ByteBuf read = Objects.requireNonNull(clientEnd.readInbound());
        try {
            return read.toString(StandardCharsets.US_ASCII);
        } finally {
            read.release();
        }
    }

    void close() {
        var unused = clientEnd.close();
        exchange();
        serverEnd.finishAndReleaseAll();
        clientEnd.finishAndReleaseAll();
    }

    private void exchange() {
        boolean moved = true;
        while (moved) {
            moved = move(clientEnd, serverEnd);
            moved |= move(serverEnd, clientEnd);
        }
    }

    private static boolean move(EmbeddedChannel from, EmbeddedChannel to) {
        from.runPendingTasks();
        boolean moved = false;
        for (Object out = from.readOutbound(); out != null; out = from.readOutbound()) {
            moved = true;
            if (to.isOpen()) {
                try {
                    to.writeInbound(out);
                } catch (RuntimeException | Error e) {
                    throw e;
                } catch (Exception e) {
                    to.pipeline().fireExceptionCaught(e);
                }
            } else {
                ReferenceCountUtil.release(out);
            }
        }
        to.runPendingTasks();
        return moved;
    }
}
