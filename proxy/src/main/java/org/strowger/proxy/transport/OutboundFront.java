package org.strowger.proxy.transport;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.util.function.Supplier;
import org.strowger.sip.IpPort;
import org.strowger.sip.Transport;

/** What is put on a connection that we make, on its event loop, before it is connected. */
public interface OutboundFront {

    /**
     * Adds the handlers that come before the flow's to a fresh channel, and says how messages lie behind them. A handler may
     * hold {@code channelActive} back until the connection can be used: messages wait for that.
     */
    ConnectionFront.Framed prepare(Transport transport, IpPort peer, Channel fresh);

    /** Nothing: messages follow each other in the stream. */
    static OutboundFront plain(Supplier<StreamFraming> framing) {
        return (transport, peer, fresh) -> new ConnectionFront.Framed(transport, framing.get(), FlowKeepAlive.OFF);
    }

    /** TLS before another one. */
    static OutboundFront encrypted(TlsToBackends tls, OutboundFront next) {
        return (transport, peer, fresh) -> {
            InetSocketAddress remote = peer.toSocketAddress();
            fresh.pipeline()
                    .addLast(tls.of(peer).newHandler(fresh, remote.getAddress().getHostAddress(), remote.getPort()));
            return next.prepare(transport, peer, fresh);
        };
    }
}
