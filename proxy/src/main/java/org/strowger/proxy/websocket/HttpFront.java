package org.strowger.proxy.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpServerCodec;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import org.strowger.proxy.http.HttpRequests;
import org.strowger.proxy.http.Visitor;
import org.strowger.proxy.http.WebSocketDoor;
import org.strowger.proxy.proxyprotocol.ProxyProtocolGate;
import org.strowger.proxy.tls.TlsSession;
import org.strowger.proxy.transport.ConnectionFront;
import org.strowger.sip.IpPort;
import org.strowger.sip.Transport;
import org.strowger.threading.RunsOn;

/**
 * The front of a {@code ws} or {@code wss} listener: a WebSocket handshake that offers the sub-protocol sip makes a flow
 * (RFC 7118). Every other request is for {@link HttpRequests}, if there is anybody who serves HTTP: they read first then,
 * and hand such handshakes back.
 */
@RunsOn(RunsOn.Runner.ANY)
public final class HttpFront implements ConnectionFront {
    private static final int MAX_LINE = 4096;
    private static final int MAX_HEADER = 16 * 1024;

    private final Place place;
    private final Function<Channel, WebSocketCounters> counters;
    /** Read on the loops that accept; replaced by {@link #use}. */
    private volatile Settings settings;

    /**
     * What may change while the listener is open.
     *
     * @param origins accepts those that are welcome (RFC 6455 section 10.2)
     */
    public record Settings(WebSocketOptions options, Predicate<String> origins, Optional<HttpRequests> http) {}

    /**
     * Where connections come in.
     *
     * @param transport WS, or WSS where a TLS handler is put before
     * @param listener its number
     * @param loop the number of a connection's event loop
     */
    public record Place(Transport transport, int listener, ToIntFunction<Channel> loop) {}

    /** @param counters of the event loop of a connection */
    public HttpFront(Place place, Settings settings, Function<Channel, WebSocketCounters> counters) {
        this.place = place;
        this.settings = settings;
        this.counters = counters;
    }

    /** Settings of the connections accepted from now on. */
    public void use(Settings now) {
        settings = now;
    }

    @Override
    public void accepted(Channel channel, FlowOpener flows) {
        Settings now = settings;
        if (now.http().isEmpty()) {
            handshake(channel, now, flows);
            return;
        }
        if (!(channel.remoteAddress() instanceof InetSocketAddress peer)) {
            var unused = channel.close();
            return;
        }
        Visitor visitor = new Visitor(
                place.listener(),
                ProxyProtocolGate.source(channel, IpPort.of(peer)),
                ((InetSocketAddress) channel.localAddress()).getPort(),
                place.transport().isEncrypted() ? Visitor.Security.TLS : Visitor.Security.PLAIN);
        now.http()
                .get()
                .take(
                        place.loop().applyAsInt(channel),
                        channel,
                        visitor,
                        TlsSession.of(channel).map(TlsSession::protocol).orElse(""),
                        Optional.of(new Door(now, flows)));
    }

    private HttpServerCodec handshake(Channel channel, Settings now, FlowOpener flows) {
        HttpDecoderConfig limits = new HttpDecoderConfig()
                .setMaxInitialLineLength(MAX_LINE)
                .setMaxHeaderSize(MAX_HEADER)
                .setInitialBufferSize(256);
        HttpServerCodec codec = new HttpServerCodec(limits);
        channel.pipeline().addLast(codec).addLast(new HandshakeHandler(this, now, flows));
        return codec;
    }

    Transport transport() {
        return place.transport();
    }

    WebSocketCounters counters(Channel channel) {
        return counters.apply(channel);
    }

    /** Where those who serve HTTP bring what is SIP. */
    @RunsOn(RunsOn.Runner.EVENT_LOOP)
    private final class Door implements WebSocketDoor {
        private final Settings now;
        private final FlowOpener flows;

        Door(Settings now, FlowOpener flows) {
            this.now = now;
            this.flows = flows;
        }

        @Override
        public boolean wants(HttpHeaders fields) {
            return Handshake.isForSip(fields);
        }

        @Override
        public void enter(Channel channel, ByteBuf handshake) {
            HttpServerCodec codec = handshake(channel, now, flows);
            ChannelHandlerContext context = channel.pipeline().context(codec);
            try {
                codec.channelRead(context, handshake);
            } catch (Exception e) {
                context.fireExceptionCaught(e);
            }
            channel.config().setAutoRead(true);
        }
    }
}
