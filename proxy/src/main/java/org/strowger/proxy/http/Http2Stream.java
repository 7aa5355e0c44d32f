package org.strowger.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.ReferenceCountUtil;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.strowger.proxy.metrics.Counter;
import org.strowger.threading.RunsOn;

/** One stream of a client's connection of HTTP/2: one request, or one WebSocket (RFC 8441). */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class Http2Stream extends ChannelInboundHandlerAdapter implements ClientEnd {
    private final HttpLoop loop;
    private final Visitor visitor;
    private @Nullable ChannelHandlerContext context;
    private @Nullable Exchange exchange;
    private Optional<String> webSocketKey = Optional.empty();
    private final Runnable fault;
    private final Deadline leaving;
    /** What could still be written when the time for the end of the answer began. */
    private long room;

    private boolean requestEnded;
    private boolean headRead;

    /** @param fault told when the client did on this stream what resets it */
    Http2Stream(HttpLoop loop, Visitor visitor, Runnable fault) {
        this.loop = loop;
        this.visitor = visitor;
        this.fault = fault;
        this.leaving = loop.deadline(this::late);
    }

    @Override
    public Visitor visitor() {
        return visitor;
    }

    private ChannelHandlerContext context() {
        ChannelHandlerContext mine = context;
        if (mine == null) {
            throw new IllegalStateException("context: none (expected: a handler in a pipeline)");
        }
        return mine;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof Http2HeadersFrame headers) {
            if (headRead) {
                trailers(headers);
            } else {
                headRead = true;
                head(headers);
            }
        } else if (message instanceof Http2DataFrame data) {
            data(data);
        } else {
            if (message instanceof Http2ResetFrame) {
                cancel();
            }
            ReferenceCountUtil.release(message);
        }
    }

    private void head(Http2HeadersFrame frame) {
        HttpOptions.Bounds bounds = loop.picture().options().limits();
        Http2Request.Result result =
                Http2Request.read(frame.headers(), frame.isEndStream(), bounds.fields(), bounds.targetLength());
        if (result instanceof Http2Request.Result.Bad bad) {
            loop.count(Counter.HTTP_REFUSED);
            requestEnded = frame.isEndStream();
            OwnAnswer.send(
                    this, Optional.empty(), bad.fault().status(), bad.fault().text());
            return;
        }
        RequestHead head = ((Http2Request.Result.Good) result).head();
        if (head.kind() == RequestHead.Kind.WEBSOCKET) {
            String key = WebSocketKey.of(loop.random(), loop.random());
            webSocketKey = Optional.of(key);
            head.fields().set("Sec-WebSocket-Key", key);
        }
        requestEnded = frame.isEndStream();
        Exchange mine = new Exchange(loop, this, head);
        exchange = mine;
        mine.start();
        if (requestEnded && exchange != null && head.framing().hasBody()) {
            mine.requestEnd(EmptyHttpHeaders.INSTANCE);
        }
    }

    private void data(Http2DataFrame frame) {
        requestEnded = frame.isEndStream();
        Exchange mine = exchange;
        ByteBuf part = frame.content();
        if (mine == null || webSocketKey.isPresent()) {
            part.release();
        } else if (part.isReadable()) {
            mine.requestBody(part);
        } else {
            part.release();
        }
        if (requestEnded && mine != null) {
            mine.requestEnd(EmptyHttpHeaders.INSTANCE);
        }
    }

    private void trailers(Http2HeadersFrame frame) {
        Exchange mine = exchange;
        requestEnded = true;
        HttpHeaders fields = FieldSyntax.fields();
        frame.headers().forEach(field -> {
            if (FieldSyntax.isToken(field.getKey()) && FieldSyntax.isValue(field.getValue())) {
                fields.add(field.getKey(), field.getValue().toString());
            }
        });
        if (mine != null) {
            mine.requestEnd(fields);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        Exchange mine = exchange;
        if (mine != null) {
            mine.requestRead();
        }
    }

    @Override
    public void interim(Reply reply) {
        write(new DefaultHttp2HeadersFrame(headers(reply.status(), reply.fields()), false));
    }

    @Override
    public void head(Reply reply) {
        if (reply.length() >= 0) {
            reply.fields().set("Content-Length", Long.toString(reply.length()));
        }
        write(new DefaultHttp2HeadersFrame(headers(reply.status(), reply.fields()), false));
    }

    private static Http2Headers headers(int status, HttpHeaders fields) {
        Http2Headers headers = new DefaultHttp2Headers(false).status(Integer.toString(status));
        fields.forEach(field -> headers.add(field.getKey().toLowerCase(Locale.ROOT), field.getValue()));
        return headers;
    }

    @Override
    public void data(ByteBuf part) {
        write(new DefaultHttp2DataFrame(part, false));
    }

    @Override
    public void finish(HttpHeaders trailers) {
        exchange = null;
        ChannelFuture last;
        if (trailers.isEmpty()) {
            last = context().write(new DefaultHttp2DataFrame(Unpooled.EMPTY_BUFFER, true));
        } else {
            Http2Headers headers = new DefaultHttp2Headers(false);
            trailers.forEach(field -> headers.add(field.getKey().toLowerCase(Locale.ROOT), field.getValue()));
            last = context().write(new DefaultHttp2HeadersFrame(headers, true));
        }
        flush();
        if (last.isDone()) {
            answered(last);
        } else {
            // It waits for the client's window, and nobody else minds the time any more.
            last.addListener(sent -> answered(last));
            awaitClient();
        }
    }

    /** Not before: a reset drops what waits for the client's window, which is the answer itself. */
    private void answered(ChannelFuture last) {
        leaving.cancel();
        if (last.isSuccess() && !requestEnded) {
            // RFC 9113 section 8.1: the client need not send the rest.
            write(new DefaultHttp2ResetFrame(Http2Error.NO_ERROR));
            flush();
        }
    }

    private void awaitClient() {
        room = context().channel().bytesBeforeUnwritable();
        leaving.set(loop.picture().options().times().idle());
    }

    private void late() {
        if (context().channel().bytesBeforeUnwritable() > room) {
            // It is slow, but takes its answer.
            awaitClient();
            return;
        }
        loop.count(HttpTrouble.STALLED.counter());
        var unused = context().writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL));
    }

    private void write(Object frame) {
        var unused = context().write(frame);
    }

    @Override
    public void abort() {
        exchange = null;
        var unused = context().writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.INTERNAL_ERROR));
    }

    @Override
    public void flush() {
        context().flush();
    }

    @Override
    public boolean isWritable() {
        return context().channel().isWritable();
    }

    @Override
    public void readBody(Reading reading) {
        context().channel().config().setAutoRead(reading == Reading.ON);
    }

    @Override
    public Optional<Tunnel> tunnel(Reply reply, Upstream backend) {
        exchange = null;
        Channel stream = context().channel();
        Channel from = backend.channel();
        String accept = reply.fields().get("Sec-WebSocket-Accept", "");
        if (!accept.equals(WebSocketKey.accept(webSocketKey.orElse("")))) {
            backend.leave();
            backend.close();
            loop.count(HttpTrouble.BAD_RESPONSE.counter());
            OwnAnswer.send(this, Optional.empty(), HttpTrouble.BAD_RESPONSE.status(), HttpTrouble.BAD_RESPONSE.text());
            return Optional.empty();
        }
        reply.fields().remove("Sec-WebSocket-Accept");
        write(new DefaultHttp2HeadersFrame(headers(200, reply.fields()), false));
        Tunnel tunnel = new Tunnel(loop, stream, from);
        stream.pipeline().addLast(new TunnelFrames(), tunnel.clientEnd());
        stream.pipeline().remove(this);
        tunnel.begin(Unpooled.EMPTY_BUFFER, backend.giveUpTo(tunnel.backendEnd()));
        return Optional.of(tunnel);
    }

    private void cancel() {
        Exchange mine = exchange;
        exchange = null;
        if (mine != null) {
            mine.cancel();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        Exchange mine = exchange;
        if (mine != null && ctx.channel().isWritable()) {
            mine.clientWritable();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        cancel();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        cancel();
        if (cause instanceof Http2Exception bad) {
            fault.run();
            var unusedReset = ctx.writeAndFlush(new DefaultHttp2ResetFrame(bad.error()));
        }
        var unused = ctx.close();
    }

    /** Bytes out of and into DATA frames, for a tunnel. */
    @RunsOn(RunsOn.Runner.EVENT_LOOP)
    private static final class TunnelFrames extends ChannelDuplexHandler {

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (message instanceof Http2DataFrame frame) {
                boolean last = frame.isEndStream();
                ctx.fireChannelRead(frame.content());
                if (last) {
                    ctx.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
                }
            } else {
                if (message instanceof Http2ResetFrame) {
                    var unused = ctx.close();
                }
                ReferenceCountUtil.release(message);
            }
        }

        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            Object frame = message instanceof ByteBuf bytes ? new DefaultHttp2DataFrame(bytes, false) : message;
            // A stream's channel takes no void promise.
            var unused = ctx.write(frame, promise.isVoid() ? ctx.newPromise() : promise);
        }
    }
}
