package org.strowger.proxy.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.List;
import org.strowger.proxy.tls.ServerTls;
import org.strowger.threading.RunsOn;

/**
 * TLS before whatever comes next: that one sees a connection only when its handshake has ended well. Until then there is no
 * flow and no framing, so a connection that never gets so far costs little.
 */
@RunsOn(RunsOn.Runner.ANY)
public final class TlsFront implements ConnectionFront {
    private final ConnectionFront next;
    private volatile Offer offer;

    /** @param protocols offered by ALPN, the preferred one first; empty: none */
    public TlsFront(ServerTls tls, List<String> protocols, ConnectionFront next) {
        this.offer = new Offer(tls, protocols);
        this.next = next;
    }

    /** What connections are offered. */
    private record Offer(ServerTls tls, List<String> protocols) {
        Offer {
            protocols = List.copyOf(protocols);
        }
    }

    /** Takes the certificates of another section, and other protocols, for connections from now on. */
    public void use(ServerTls other, List<String> protocols) {
        offer = new Offer(other, protocols);
    }

    @Override
    public void accepted(Channel channel, FlowOpener flows) {
        Offer now = offer;
        if (!now.tls().admit()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            var unused = channel.close();
            return;
        }
        channel.pipeline().addLast(now.tls().newHandler(channel, now.protocols()), new Gate(next, flows));
    }

    /** Opens when the handshake has ended. */
    @RunsOn(RunsOn.Runner.EVENT_LOOP)
    private static final class Gate extends ChannelInboundHandlerAdapter {
        private final ConnectionFront next;
        private final FlowOpener flows;

        Gate(ConnectionFront next, FlowOpener flows) {
            this.next = next;
            this.flows = flows;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof SslHandshakeCompletionEvent end && end.isSuccess()) {
                Channel channel = context.channel();
                context.pipeline().remove(this);
                next.accepted(channel, flows);
            }
        }
    }
}
