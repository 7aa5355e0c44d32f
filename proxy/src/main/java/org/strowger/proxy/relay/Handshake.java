package org.strowger.proxy.relay;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import org.strowger.threading.RunsOn;

/** Waits for the end of a client's TLS handshake, and gives way. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class Handshake extends ChannelInboundHandlerAdapter {
    private final TcpSession session;
    private final Encryption tls;

    Handshake(TcpSession session, Encryption tls) {
        this.session = session;
        this.tls = tls;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake && handshake.isSuccess()) {
            session.agreed(tls.agreed(ctx.channel()));
            ctx.pipeline().remove(this);
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }
}
