package org.strowger.proxy.websocket;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.ConnectException;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.strowger.proxy.http.WebSocketKey;
import org.strowger.threading.RunsOn;

/**
 * The client's end of a handshake: asks for a WebSocket when the connection is made, and lets the handlers behind it
 * know of the connection when the server has agreed.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class UpgradeHandler extends ChannelInboundHandlerAdapter {
    private final HttpClientCodec codec;
    private final Wish wish;
    private final long timeoutNanos;
    private final String key;
    private final Promise<Void> standing;
    private @Nullable Future<?> deadline;
    private boolean agreed;

    /**
     * What is asked for.
     *
     * @param subProtocol has to be agreed to; empty: none is asked for
     */
    record Wish(String host, String path, String subProtocol) {
        static Wish sip(String host, String path) {
            return new Wish(host, path, Handshake.SUB_PROTOCOL);
        }
    }

    /** @param standing done when the server has agreed, or when it is certain that it will not */
    UpgradeHandler(
            HttpClientCodec codec, Wish wish, long timeoutNanos, RandomGenerator random, Promise<Void> standing) {
        this.standing = standing;
        this.codec = codec;
        this.wish = wish;
        this.timeoutNanos = timeoutNanos;
        byte[] nonce = new byte[16];
        random.nextBytes(nonce);
        this.key = Base64.getEncoder().encodeToString(nonce);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        deadline = context.executor()
                .schedule(() -> fail(context, "no answer to the handshake"), timeoutNanos, TimeUnit.NANOSECONDS);
        FullHttpRequest request =
                new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, wish.path(), Unpooled.EMPTY_BUFFER);
        request.headers()
                .set(HttpHeaderNames.HOST, wish.host())
                .set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE)
                .set(HttpHeaderNames.SEC_WEBSOCKET_KEY, key)
                .set(HttpHeaderNames.SEC_WEBSOCKET_VERSION, Handshake.VERSION);
        if (!wish.subProtocol().isEmpty()) {
            request.headers().set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, wish.subProtocol());
        }
        var unused = context.writeAndFlush(request);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            if (message instanceof HttpResponse response && !agreed) {
                agreed = isAgreed(response);
                if (!agreed) {
                    fail(context, "handshake answered with " + response.status());
                }
            } else if (message instanceof LastHttpContent && agreed) {
                stopClock();
                // What waited goes out at once, and must not meet the encoder of requests.
                codec.removeOutboundHandler();
                context.fireChannelActive();
                standing.trySuccess(null);
                context.pipeline().remove(this);
                context.channel().pipeline().remove(codec);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private boolean isAgreed(HttpResponse response) {
        HttpHeaders headers = response.headers();
        return response.decoderResult().isSuccess()
                && response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)
                && headers.containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)
                && headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
                && WebSocketKey.accept(key).equals(headers.get(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT))
                && wish.subProtocol().equals(headers.get(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, ""));
    }

    private void fail(ChannelHandlerContext context, String why) {
        stopClock();
        ConnectException failure = new ConnectException("WebSocket: " + why);
        standing.tryFailure(failure);
        context.fireExceptionCaught(failure);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        stopClock();
        standing.tryFailure(new ConnectException("WebSocket: closed before the handshake was answered"));
        context.fireChannelInactive();
    }

    private void stopClock() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }
}
