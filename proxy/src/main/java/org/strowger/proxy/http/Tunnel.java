package org.strowger.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http2.Http2StreamChannel;
import java.time.Duration;
import org.strowger.proxy.metrics.Counter;
import org.strowger.threading.RunsOn;

/**
 * Two connections of which each gets what the other one sends, byte for byte. A side that does not read makes the other one
 * wait; the end of one direction is passed on as such, and the second one ends both.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class Tunnel {
    /** A frame of close with the code 1012. */
    private static final byte[] SERVICE_RESTART = {(byte) 0x88, 2, 1012 >> 8, (byte) (1012 & 0xff)};

    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final HttpLoop loop;
    private final Channel client;
    private final Channel backend;
    private final End clientEnd;
    private final End backendEnd;
    private final Deadline idle;
    private final FrameEdge edge = new FrameEdge();
    private int directions = 2;
    private boolean ending;

    Tunnel(HttpLoop loop, Channel client, Channel backend) {
        this.loop = loop;
        this.client = client;
        this.backend = backend;
        this.clientEnd = new End(backend);
        this.backendEnd = new End(client);
        this.idle = loop.deadline(this::close);
    }

    /** The handler for the client's pipeline. */
    ChannelHandler clientEnd() {
        return clientEnd;
    }

    /** The handler for the backend's pipeline. */
    ChannelHandler backendEnd() {
        return backendEnd;
    }

    /** Runs that on this loop when it is over. */
    void onEnd(Runnable last) {
        backend.closeFuture().addListener(closed -> last.run());
    }

    /**
     * Ends it from here. The client is told to come again (1012), where that can be said between two frames; otherwise it sees
     * the connection end.
     */
    void end() {
        ending = true;
        if (edge.isHere() && client.isWritable()) {
            var unused = client.write(Unpooled.wrappedBuffer(SERVICE_RESTART), client.voidPromise());
        }
        Ends.shutdownOutput(client);
        client.config().setAutoRead(true);
        var unused = backend.close();
        // Closed at once, with something unread, the connection would be reset, and the client might not see the frame.
        idle.set(LAST_WORDS);
    }

    /** Both handlers are in place: passes on what was read before, now owned by this. */
    void begin(ByteBuf ofClient, ByteBuf ofBackend) {
        idle.set(loop.picture().options().times().tunnel());
        backend.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        pass(ofClient, backend);
        pass(ofBackend, client);
        client.config().setAutoRead(backend.isWritable());
        backend.config().setAutoRead(client.isWritable());
        if (!backend.isActive() || !client.isActive()) {
            close();
        }
    }

    private void pass(ByteBuf bytes, Channel to) {
        if (bytes.isReadable()) {
            seen(bytes, to);
            var unused = to.write(bytes, to.voidPromise());
        } else {
            bytes.release();
        }
        to.flush();
    }

    private void seen(ByteBuf bytes, Channel to) {
        loop.add(Counter.HTTP_TUNNEL_BYTES, bytes.readableBytes());
        if (to == client) {
            edge.pass(bytes);
        }
    }

    private void close() {
        idle.cancel();
        for (Channel end : new Channel[] {client, backend}) {
            var unused = end.close();
        }
    }

    private void ended(Channel to) {
        boolean last = --directions == 0;
        if (last && !(to instanceof Http2StreamChannel)) {
            idle.cancel();
            to.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        } else {
            // A stream that is ended both ways is over by itself; closed, it would be reset.
            Ends.shutdownOutput(to);
        }
        if (last && to == client) {
            var unused = backend.close();
        }
    }

    /** One side: what it reads goes to the other one. */
    @RunsOn(RunsOn.Runner.EVENT_LOOP)
    private final class End extends ChannelInboundHandlerAdapter {
        private final Channel other;
        private boolean inputEnded;

        End(Channel other) {
            this.other = other;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (message instanceof ByteBuf bytes) {
                seen(bytes, other);
            }
            var unused = other.write(message, other.voidPromise());
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            if (!ending) {
                idle.put();
            }
            other.flush();
            if (!other.isWritable()) {
                ctx.channel().config().setAutoRead(false);
            }
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext ctx) {
            if (ctx.channel().isWritable()) {
                other.config().setAutoRead(true);
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (Ends.isEndOfInput(event) && ending) {
                close();
            } else if (Ends.isEndOfInput(event) && !inputEnded) {
                inputEnded = true;
                ended(other);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            if (ending && other == client) {
                return;
            }
            idle.cancel();
            if (other.isActive()) {
                other.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            // A reset: nothing is left to say on this side.
            var unused = ctx.close();
        }
    }
}
