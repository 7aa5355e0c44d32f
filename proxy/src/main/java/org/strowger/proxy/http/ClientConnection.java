package org.strowger.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.strowger.proxy.metrics.Counter;
import org.strowger.threading.RunsOn;

/**
 * A client's connection of HTTP/1.1: one request after the other. What a client sends ahead waits, unread where it is much,
 * until the response before it is written.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class ClientConnection extends ChannelInboundHandlerAdapter implements ClientEnd, Http1Reader.Sink {
    private final HttpLoop loop;
    private final Visitor visitor;
    private final Optional<WebSocketDoor> door;
    private final Http1Reader reader;
    private final Unread unread = new Unread();
    private final Deadline deadline;
    private @Nullable ChannelHandlerContext context;
    private @Nullable Exchange exchange;
    private ResponseFraming framing = ResponseFraming.NONE;
    private Reading bodyReading = Reading.ON;
    private boolean requestEnded = true;
    private boolean responseEnded = true;
    private boolean isLast;
    private boolean pumping;
    private boolean inputEnded;

    /** How the client finds the end of a response's body. */
    private enum ResponseFraming {
        NONE,
        LENGTH,
        CHUNKED,
        CLOSE
    }

    /** @param door takes WebSockets that are not for backends */
    ClientConnection(HttpLoop loop, Visitor visitor, Optional<WebSocketDoor> door) {
        this.loop = loop;
        this.visitor = visitor;
        this.door = door;
        this.reader = new Http1Reader(loop.picture().options().headLimits(), new RequestGrammar(this::head), this);
        this.deadline = loop.deadline(this::late);
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
        loop.opened(ctx.channel());
        ctx.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        deadline.set(loop.picture().options().times().head());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof ByteBuf bytes)) {
            return;
        }
        boolean begins = reader.isIdle() && exchange == null;
        pumping = true;
        unread.feed(ctx.alloc(), bytes, reader);
        pumping = false;
        if (begins && exchange == null && requestEnded && !reader.isIdle() && !isLast) {
            deadline.set(loop.picture().options().times().head());
        }
        if (!ctx.isRemoved()) {
            updateReading();
        }
    }

    /** Reads on in what has come: as many requests as are answered at once. */
    private void pump() {
        if (!pumping && exchange == null) {
            pumping = true;
            unread.feed(reader);
            pumping = false;
        }
        if (exchange == null && requestEnded && !reader.isIdle() && !isLast) {
            deadline.set(loop.picture().options().times().head());
        }
        updateReading();
    }

    private void updateReading() {
        boolean ahead = requestEnded && exchange != null && unread.hasBytes();
        context().channel().config().setAutoRead(bodyReading == Reading.ON && !ahead);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        Exchange mine = exchange;
        if (mine != null) {
            mine.requestRead();
        }
    }

    private void head(RequestHead head) {
        deadline.clear();
        requestEnded = false;
        responseEnded = false;
        isLast = isLast || loop.isClosing() || head.isLast();
        if (head.kind() == RequestHead.Kind.WEBSOCKET
                && door.isPresent()
                && door.get().wants(head.fields())) {
            enter(door.get(), head);
            return;
        }
        Exchange mine = new Exchange(loop, this, head);
        exchange = mine;
        mine.start();
    }

    private void enter(WebSocketDoor to, RequestHead head) {
        Channel channel = giveUp();
        loop.left(channel);
        channel.pipeline().remove(this);
        to.enter(channel, HeadWriter.again(head, unread.take(), channel.alloc()));
    }

    @Override
    public void body(ByteBuf part) {
        Exchange mine = exchange;
        if (mine == null) {
            part.release();
        } else {
            mine.requestBody(part);
        }
    }

    @Override
    public void end(HttpHeaders trailers) {
        requestEnded = true;
        Exchange mine = exchange;
        if (mine != null) {
            mine.requestEnd(trailers);
        }
        if (responseEnded) {
            turn();
        }
    }

    @Override
    public void broken(HttpFault fault) {
        loop.count(Counter.HTTP_REFUSED);
        isLast = true;
        Exchange mine = exchange;
        exchange = null;
        boolean unanswered = mine == null || responseEnded || framing == ResponseFraming.NONE;
        if (mine != null) {
            mine.cancel();
        }
        if (mine != null && !unanswered) {
            abort();
            return;
        }
        requestEnded = true;
        responseEnded = false;
        OwnAnswer.send(this, Optional.empty(), fault.status(), fault.text());
    }

    @Override
    public void readBody(Reading reading) {
        bodyReading = reading;
        updateReading();
    }

    @Override
    public void interim(Reply reply) {
        Exchange mine = exchange;
        if (mine != null && mine.request().version() == RequestHead.Version.HTTP_1_1) {
            write(HeadWriter.response(
                    reply.status(), reply.reason(), reply.fields(), context().alloc()));
        }
    }

    @Override
    public void head(Reply reply) {
        HttpHeaders fields = reply.fields();
        boolean old = exchange != null && exchange.request().version() == RequestHead.Version.HTTP_1_0;
        if (reply.length() >= 0) {
            framing = ResponseFraming.LENGTH;
            fields.set("Content-Length", Long.toString(reply.length()));
        } else if (reply.body() == Reply.Body.NONE) {
            framing = ResponseFraming.LENGTH;
        } else if (old) {
            framing = ResponseFraming.CLOSE;
            isLast = true;
        } else {
            framing = ResponseFraming.CHUNKED;
            fields.set("Transfer-Encoding", "chunked");
        }
        // Who has not sent its body by now may never do so: the connection cannot be used again.
        isLast = isLast || loop.isClosing() || (!requestEnded && isExpecting());
        if (isLast) {
            fields.set("Connection", "close");
        }
        write(HeadWriter.response(
                reply.status(), reply.reason(), fields, context().alloc()));
    }

    private boolean isExpecting() {
        Exchange mine = exchange;
        return mine == null || mine.request().fields().contains("Expect");
    }

    @Override
    public void data(ByteBuf part) {
        if (framing != ResponseFraming.CHUNKED) {
            write(part);
        } else if (!part.isReadable()) {
            part.release();
        } else {
            write(HeadWriter.chunkStart(part.readableBytes(), context().alloc()));
            write(part);
            write(HeadWriter.chunkEnd());
        }
    }

    private void write(ByteBuf bytes) {
        ChannelHandlerContext ctx = context();
        var unused = ctx.write(bytes, ctx.voidPromise());
    }

    @Override
    public void finish(HttpHeaders trailers) {
        if (framing == ResponseFraming.CHUNKED) {
            write(HeadWriter.lastChunk(trailers, context().alloc()));
        }
        responseEnded = true;
        framing = ResponseFraming.NONE;
        exchange = null;
        if (requestEnded) {
            turn();
        } else if (isLast) {
            lastWords();
        } else {
            bodyReading = Reading.ON;
            deadline.set(loop.picture().options().times().head());
            updateReading();
        }
    }

    /** The next request, or the end. */
    private void turn() {
        if (isLast || inputEnded) {
            lastWords();
            return;
        }
        reader.next();
        bodyReading = Reading.ON;
        deadline.set(loop.picture().options().times().keepAlive());
        pump();
    }

    /**
     * Sends what is written and the end, and reads on for a while without looking: closed at once, a connection with unread
     * bytes would be reset, and the client might not see the answer.
     */
    private void lastWords() {
        reader.stop();
        isLast = true;
        ChannelHandlerContext ctx = context();
        bodyReading = Reading.ON;
        ctx.channel().config().setAutoRead(true);
        if (requestEnded && !unread.hasBytes()) {
            ctx.writeAndFlush(io.netty.buffer.Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        } else {
            unread.release();
            Ends.shutdownOutput(ctx.channel());
            deadline.set(java.time.Duration.ofSeconds(1));
        }
    }

    @Override
    public void abort() {
        exchange = null;
        close();
    }

    private void close() {
        reader.stop();
        var unused = context().close();
    }

    private void late() {
        if (requestEnded && exchange == null && !reader.isIdle() && !isLast) {
            loop.count(Counter.HTTP_TROUBLE_SLOW_REQUEST);
            isLast = true;
            responseEnded = false;
            requestEnded = true;
            OwnAnswer.send(this, Optional.empty(), 408, "the request took too long");
        } else {
            close();
        }
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
    public Optional<Tunnel> tunnel(Reply reply, Upstream backend) {
        reply.fields().set("Connection", "Upgrade");
        reply.fields().set("Upgrade", "websocket");
        write(HeadWriter.response(101, reply.reason(), reply.fields(), context().alloc()));
        Channel channel = giveUp();
        ByteBuf rest = unread.take();
        Tunnel tunnel = new Tunnel(loop, channel, backend.channel());
        channel.pipeline().addLast(tunnel.clientEnd());
        channel.pipeline().remove(this);
        tunnel.begin(rest, backend.giveUpTo(tunnel.backendEnd()));
        return Optional.of(tunnel);
    }

    /** Takes no more part in what happens. */
    private Channel giveUp() {
        deadline.cancel();
        exchange = null;
        reader.stop();
        return context().channel();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        Exchange mine = exchange;
        if (mine != null && ctx.channel().isWritable()) {
            mine.clientWritable();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (Ends.isEndOfInput(event)) {
            inputEnded = true;
            if (exchange == null || !requestEnded) {
                cancel();
                close();
            }
        } else if (event == HttpLoop.Drain.NOW && exchange == null && reader.isIdle() && !unread.hasBytes()) {
            close();
        } else if (event == HttpLoop.Drain.NOW) {
            isLast = true;
        }
    }

    private void cancel() {
        Exchange mine = exchange;
        exchange = null;
        if (mine != null) {
            mine.cancel();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        deadline.cancel();
        cancel();
        unread.release();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        deadline.cancel();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        cancel();
        var unused = ctx.close();
    }
}
