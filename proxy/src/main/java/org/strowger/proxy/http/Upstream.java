package org.strowger.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.strowger.proxy.metrics.Counter;
import org.strowger.proxy.routing.Target;
import org.strowger.threading.RunsOn;

/** One connection to a backend, and the exchange that uses it at the time. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class Upstream extends ChannelInboundHandlerAdapter implements Http1Reader.Sink {
    private final HttpLoop loop;
    private final Target backend;
    private final ResponseGrammar grammar = new ResponseGrammar(this::head);
    private final Http1Reader reader;
    private final Deadline resting;
    private @Nullable ChannelHandlerContext context;
    private @Nullable Exchange exchange;
    private final Unread unread = new Unread();
    private int served;
    private boolean isLast;

    Upstream(HttpLoop loop, Target backend, HeadLimits limits) {
        this.loop = loop;
        this.backend = backend;
        this.reader = new Http1Reader(limits, grammar, this);
        this.resting = loop.deadline(this::close);
    }

    Target backend() {
        return backend;
    }

    /** Whether it has carried a request before this one. */
    boolean isReused() {
        return served > 1;
    }

    /** The exchange that hears what happens from now on. */
    void serve(Exchange next) {
        exchange = next;
        served++;
        resting.clear();
    }

    /** Nobody hears any more. */
    void leave() {
        exchange = null;
    }

    void connected() {
        loop.count(Counter.HTTP_BACKEND_CONNECTIONS_OPENED);
        Exchange mine = exchange;
        if (mine == null) {
            close();
        } else {
            mine.connected(this);
        }
    }

    void notConnected() {
        close();
        Exchange mine = exchange;
        exchange = null;
        if (mine != null) {
            mine.notConnected();
        }
    }

    /** Its backend is sent nothing any more: the exchange ends with an answer of our own, a tunnel with its connection. */
    void takenOut() {
        Exchange mine = exchange;
        ChannelHandlerContext own = context;
        if (mine != null) {
            mine.failed(HttpTrouble.DRAINED);
        } else if (own != null && !own.isRemoved()) {
            close();
        } else if (own != null) {
            var unused = own.channel().close();
        }
    }

    boolean isUsable() {
        ChannelHandlerContext mine = context;
        return mine != null && mine.channel().isActive() && !isLast && reader.isIdle();
    }

    /** It waits for the next request, so long. */
    void rest(Duration span) {
        exchange = null;
        reader.next();
        setReading(ClientEnd.Reading.ON);
        resting.set(span);
    }

    /** The request whose response comes next. */
    void expect(RequestHead request) {
        reader.next();
        grammar.answers(request);
    }

    void write(ByteBuf bytes) {
        ChannelHandlerContext mine = context;
        if (mine == null) {
            bytes.release();
        } else {
            var unused = mine.write(bytes, mine.voidPromise());
        }
    }

    void flush() {
        ChannelHandlerContext mine = context;
        if (mine != null) {
            mine.flush();
        }
    }

    boolean isWritable() {
        ChannelHandlerContext mine = context;
        return mine != null && mine.channel().isWritable();
    }

    void setReading(ClientEnd.Reading reading) {
        ChannelHandlerContext mine = context;
        if (mine != null) {
            mine.channel().config().setAutoRead(reading == ClientEnd.Reading.ON);
        }
    }

    void close() {
        reader.stop();
        ChannelHandlerContext mine = context;
        if (mine != null) {
            var unused = mine.close();
        }
    }

    /** The connection, for a tunnel, which takes the place of this handler; the bytes that came already are the caller's. */
    ByteBuf giveUpTo(io.netty.channel.ChannelHandler tunnel) {
        Channel channel = channel();
        exchange = null;
        resting.cancel();
        ByteBuf rest = unread.take();
        channel.pipeline().addLast(tunnel);
        channel.pipeline().remove(this);
        return rest;
    }

    Channel channel() {
        ChannelHandlerContext mine = context;
        if (mine == null) {
            throw new IllegalStateException("channel: none (expected: a connection that was made)");
        }
        return mine.channel();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof ByteBuf bytes)) {
            return;
        }
        if (exchange == null) {
            // Nobody asked. Whatever it is, it must not be taken for the answer to the next request.
            bytes.release();
            close();
            return;
        }
        unread.feed(ctx.alloc(), bytes, reader);
        Exchange mine = exchange;
        if (unread.hasBytes() && mine != null && mine.isOver()) {
            close();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        Exchange mine = exchange;
        if (mine != null) {
            mine.responseRead();
        }
    }

    private void head(ResponseHead head) {
        isLast = head.isLast();
        Exchange mine = exchange;
        if (mine != null) {
            mine.responseHead(head);
        }
    }

    @Override
    public void body(ByteBuf part) {
        Exchange mine = exchange;
        if (mine == null) {
            part.release();
        } else {
            mine.responseBody(part);
        }
    }

    @Override
    public void end(HttpHeaders trailers) {
        Exchange mine = exchange;
        if (mine != null) {
            mine.responseEnd(trailers);
        }
    }

    @Override
    public void broken(HttpFault fault) {
        isLast = true;
        Exchange mine = exchange;
        if (mine != null) {
            mine.failed(HttpTrouble.BAD_RESPONSE);
        }
    }

    /** True when the connection may carry another request. */
    boolean isReusable() {
        return !isLast && !unread.hasBytes();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        Exchange mine = exchange;
        if (mine != null && ctx.channel().isWritable()) {
            mine.backendWritable();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
            if (handshake.isSuccess()) {
                connected();
            } else {
                notConnected();
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        resting.cancel();
        Exchange mine = exchange;
        if (mine != null) {
            // The end of the connection may be that of the body.
            boolean proper = reader.close();
            if (!proper || !mine.isOver()) {
                mine.backendClosed();
            }
        }
        exchange = null;
        unread.release();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // A reset, or a TLS failure: what it means for the exchange is told by the end of the connection.
        var unused = ctx.close();
    }
}
