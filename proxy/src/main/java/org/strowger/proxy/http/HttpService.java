package org.strowger.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.strowger.threading.RunsOn;

/** The HTTP side: gives each fresh connection to what serves its version. */
@RunsOn(RunsOn.Runner.ANY)
public final class HttpService implements HttpRequests {
    private final List<HttpLoop> loops;

    /** @param loops by number */
    public HttpService(List<HttpLoop> loops) {
        this.loops = List.copyOf(loops);
    }

    @Override
    public void take(int loop, Channel channel, Visitor visitor, String alpn, Optional<WebSocketDoor> sip) {
        HttpLoop mine = loops.get(loop);
        switch (alpn) {
            case HTTP_2 -> Http2Front.install(channel, mine, visitor);
            case HTTP_1_1 -> channel.pipeline().addLast(new ClientConnection(mine, visitor, sip));
            default -> channel.pipeline().addLast(new Preface(mine, visitor, sip));
        }
    }

    /** Looks at the first bytes of a connection: the preface of HTTP/2 (RFC 9113 section 3.4), or a request. */
    @RunsOn(RunsOn.Runner.EVENT_LOOP)
    private static final class Preface extends ChannelInboundHandlerAdapter {
        private static final ByteBuf BYTES = Unpooled.unreleasableBuffer(
                        Unpooled.copiedBuffer("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", StandardCharsets.US_ASCII))
                .asReadOnly();

        private final HttpLoop loop;
        private final Visitor visitor;
        private final Optional<WebSocketDoor> door;
        private final Deadline deadline;
        private @Nullable ByteBuf seen;
        private @Nullable Channel channel;

        Preface(HttpLoop loop, Visitor visitor, Optional<WebSocketDoor> door) {
            this.loop = loop;
            this.visitor = visitor;
            this.door = door;
            this.deadline = loop.deadline(this::late);
        }

        private void late() {
            Channel mine = channel;
            if (mine != null) {
                var unused = mine.close();
            }
        }

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            channel = ctx.channel();
            deadline.set(loop.picture().options().times().head());
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf came = (ByteBuf) message;
            ByteBuf before = seen;
            ByteBuf all = before == null ? came : Unpooled.wrappedBuffer(before, came);
            seen = all;
            int common = common(all);
            if (common == all.readableBytes() && common < BYTES.readableBytes()) {
                return;
            }
            seen = null;
            deadline.cancel();
            if (common == BYTES.readableBytes()) {
                Http2Front.install(ctx.channel(), loop, visitor);
            } else {
                ctx.pipeline().addLast(new ClientConnection(loop, visitor, door));
            }
            ctx.fireChannelRead(all);
            ctx.pipeline().remove(this);
        }

        /** How many of the first bytes are those of the preface. */
        private static int common(ByteBuf all) {
            int most = Math.min(all.readableBytes(), BYTES.readableBytes());
            int i = 0;
            while (i < most && all.getByte(all.readerIndex() + i) == BYTES.getByte(i)) {
                i++;
            }
            return i;
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext ctx) {
            deadline.cancel();
            ByteBuf rest = seen;
            seen = null;
            if (rest != null) {
                rest.release();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            var unused = ctx.close();
        }
    }
}
