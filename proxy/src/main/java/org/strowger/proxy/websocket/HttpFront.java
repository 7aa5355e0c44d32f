package org.strowger.proxy.websocket;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import java.util.Optional;
import java.util.function.Function;
import org.strowger.proxy.http.HttpRequests;
import org.strowger.proxy.transport.ConnectionFront;
import org.strowger.sip.Transport;
import org.strowger.threading.RunsOn;

/**
 * The front of a {@code ws} or {@code wss} listener: a WebSocket handshake that offers the sub-protocol sip makes a flow
 * (RFC 7118), every other request is for {@link HttpRequests}.
 */
@RunsOn(RunsOn.Runner.ANY)
public final class HttpFront implements ConnectionFront {
    private static final int MAX_LINE = 4096;
    private static final int MAX_HEADER = 16 * 1024;

    private final Transport transport;
    private final Optional<HttpRequests> others;
    private final Function<Channel, WebSocketCounters> counters;
    /** Read on the loops that accept; replaced by {@link #use}. */
    private volatile Settings settings;

    /** What may change while the listener is open. */
    public record Settings(WebSocketOptions options, Origins origins) {}

    /**
     * @param transport WS, or WSS where a TLS handler is put before
     * @param others who takes what is not SIP
     * @param counters of the event loop of a connection
     */
    public HttpFront(
            Transport transport,
            Settings settings,
            Optional<HttpRequests> others,
            Function<Channel, WebSocketCounters> counters) {
        this.transport = transport;
        this.settings = settings;
        this.others = others;
        this.counters = counters;
    }

    /** Settings of the connections accepted from now on. */
    public void use(Settings now) {
        settings = now;
    }

    @Override
    public void accepted(Channel channel, FlowOpener flows) {
        HttpDecoderConfig limits = new HttpDecoderConfig()
                .setMaxInitialLineLength(MAX_LINE)
                .setMaxHeaderSize(MAX_HEADER)
                .setInitialBufferSize(256);
        channel.pipeline().addLast(new HttpServerCodec(limits)).addLast(new HandshakeHandler(this, settings, flows));
    }

    Transport transport() {
        return transport;
    }

    Optional<HttpRequests> others() {
        return others;
    }

    WebSocketCounters counters(Channel channel) {
        return counters.apply(channel);
    }
}
