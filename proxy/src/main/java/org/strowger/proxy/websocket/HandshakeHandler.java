package org.strowger.proxy.websocket;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.strowger.proxy.http.WebSocketKey;
import org.strowger.proxy.transport.ConnectionFront;
import org.strowger.threading.RunsOn;

/** Reads the first request of a connection and makes of it what it asks for; then it is no longer needed. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class HandshakeHandler extends ChannelInboundHandlerAdapter {
    private final HttpFront front;
    private final HttpFront.Settings settings;
    private final ConnectionFront.FlowOpener flows;
    private @Nullable Future<?> deadline;
    private @Nullable HttpRequest accepted;
    private boolean done;

    HandshakeHandler(HttpFront front, HttpFront.Settings settings, ConnectionFront.FlowOpener flows) {
        this.front = front;
        this.settings = settings;
        this.flows = flows;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        long nanos = settings.options().handshakeTimeout().toNanos();
        deadline = context.executor()
                .schedule(() -> refuse(context, HandshakeRefusal.TIMEOUT), nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        stopClock();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        done = true;
        stopClock();
        context.fireChannelInactive();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (done) {
            ReferenceCountUtil.release(message);
        } else if (message instanceof HttpRequest request && accepted == null) {
            first(context, request);
        } else if (message instanceof LastHttpContent && accepted != null) {
            ReferenceCountUtil.release(message);
            open(context, accepted);
        } else {
            // A request has no body if it was accepted.
            ReferenceCountUtil.release(message);
            refuse(context, HandshakeRefusal.BAD_HTTP);
        }
    }

    private void first(ChannelHandlerContext context, HttpRequest request) {
        Optional<HandshakeRefusal> malformed = Handshake.malformed(request);
        if (malformed.isPresent()) {
            ReferenceCountUtil.release(request);
            refuse(context, malformed.get());
        } else if (Handshake.isForSip(request.headers())) {
            Handshake.refusal(request, settings.origins())
                    .ifPresentOrElse(refusal -> refuse(context, refusal), () -> accepted = request);
        } else {
            ReferenceCountUtil.release(request);
            refuse(context, HandshakeRefusal.NOT_SIP);
        }
    }

    /** Answers 101, and has the flow read from here on. */
    private void open(ChannelHandlerContext context, HttpRequest request) {
        done = true;
        Channel channel = context.channel();
        WebSocketCounters counters = front.counters(channel);
        counters.opened();
        channel.closeFuture().addListener(closed -> counters.closed());
        FullHttpResponse answer = response(HttpResponseStatus.SWITCHING_PROTOCOLS);
        String key = request.headers().get(HttpHeaderNames.SEC_WEBSOCKET_KEY);
        answer.headers()
                .set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE)
                .set(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT, WebSocketKey.accept(key.trim()))
                .set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, Handshake.SUB_PROTOCOL);
        var unused = context.writeAndFlush(answer);
        WebSocketFraming framing = WebSocketFraming.server(settings.options().maxMessage(), counters);
        flows.open(
                channel,
                new ConnectionFront.Framed(
                        front.transport(), framing, settings.options().keepAlive()));
        context.pipeline().remove(this);
        // The last to go: what it has read beyond the request is the flow's.
        channel.pipeline().remove(HttpServerCodec.class);
    }

    private void refuse(ChannelHandlerContext context, HandshakeRefusal refusal) {
        if (done) {
            return;
        }
        done = true;
        stopClock();
        front.counters(context.channel()).refused(refusal);
        FullHttpResponse answer = response(refusal.status());
        answer.headers()
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE)
                .set(HttpHeaderNames.CONTENT_LENGTH, HttpHeaderValues.ZERO);
        if (refusal == HandshakeRefusal.VERSION) {
            answer.headers().set(HttpHeaderNames.SEC_WEBSOCKET_VERSION, Handshake.VERSION);
        }
        var unused = context.writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        var unused = context.close();
    }

    private void stopClock() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }

    private static FullHttpResponse response(HttpResponseStatus status) {
        return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.EMPTY_BUFFER);
    }
}
