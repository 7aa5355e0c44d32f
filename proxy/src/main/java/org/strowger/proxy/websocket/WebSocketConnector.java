package org.strowger.proxy.websocket;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpClientCodec;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.strowger.proxy.transport.ConnectionFront;
import org.strowger.proxy.transport.OutboundFront;
import org.strowger.sip.IpPort;
import org.strowger.sip.Transport;
import org.strowger.threading.RunsOn;

/** Has connections that we make speak SIP over WebSocket, each after a handshake. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class WebSocketConnector implements OutboundFront {
    private final WebSocketCounters counters;
    private final RandomGenerator random;
    private final Function<IpPort, String> paths;
    private WebSocketOptions options;

    /**
     * @param random of keys and masks
     * @param paths what is asked for in the handshake with a server
     */
    public WebSocketConnector(
            WebSocketOptions options,
            WebSocketCounters counters,
            RandomGenerator random,
            Function<IpPort, String> paths) {
        this.options = options;
        this.counters = counters;
        this.random = random;
        this.paths = paths;
    }

    /** Settings of the connections made from now on. On the event loop. */
    public void use(WebSocketOptions now) {
        options = now;
    }

    @Override
    public ConnectionFront.Framed prepare(Transport transport, IpPort peer, Channel fresh) {
        HttpClientCodec codec = new HttpClientCodec();
        fresh.pipeline()
                .addLast(codec)
                .addLast(new UpgradeHandler(
                        codec,
                        UpgradeHandler.Wish.sip(peer.toString(), paths.apply(peer)),
                        options.handshakeTimeout().toNanos(),
                        random,
                        fresh.newPromise()));
        return new ConnectionFront.Framed(
                transport, WebSocketFraming.client(options.maxMessage(), random, counters), options.keepAlive());
    }
}
