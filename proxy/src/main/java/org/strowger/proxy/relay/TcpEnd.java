package org.strowger.proxy.relay;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslCompletionEvent;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.strowger.proxy.metrics.Counter;
import org.strowger.threading.RunsOn;

/** The last handler of one of the two connections of a {@link TcpSession}, to which it tells what happens on it. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class TcpEnd extends ChannelInboundHandlerAdapter {
    private final TcpSession session;
    private boolean inputOver;
    private @Nullable Throwable failure;

    TcpEnd(TcpSession session) {
        this.session = session;
    }

    /** An attempt to connect makes way for the next one, on another channel. */
    @Override
    public boolean isSharable() {
        return true;
    }

    boolean isInputOver() {
        return inputOver;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        session.read(this, (ByteBuf) message);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        session.writable(this);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent
                || (event instanceof SslCloseCompletionEvent close && close.isSuccess())) {
            end();
        } else if (event instanceof SslCompletionEvent handshake
                && !handshake.isSuccess()
                && !(event instanceof SslCloseCompletionEvent)) {
            // Also of the look at a ClientHello that passes through: no TLS, or too late.
            session.refuse(Counter.RELAY_REFUSED_NO_ROUTE);
        }
    }

    private void end() {
        if (!inputOver) {
            inputOver = true;
            session.inputOver(this);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        session.gone(this, failure);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof ClosedChannelException) {
            return;
        }
        if (cause instanceof IOException || cause instanceof SSLException || cause.getCause() instanceof SSLException) {
            failure = cause;
            session.gone(this, cause);
        } else {
            session.broken(cause);
        }
    }
}
