package org.strowger.proxy.proxyprotocol;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.strowger.sip.IpPort;
import org.strowger.threading.RunsOn;

/**
 * The first handler of a connection that has to begin with a header: holds everything back until it is there, puts what it
 * says on the channel, and removes itself. Without a good header in time the connection is reset.
 *
 * <p>What comes behind it sees {@code channelActive} only then. Where the address is needed to make the handlers behind it, they
 * are added by {@code onPassed}, which runs before that.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class ProxyProtocolGate extends ByteToMessageDecoder {
    private final ProxyHeaderDecoder decoder = new ProxyHeaderDecoder();
    private final ProxyHeader header = new ProxyHeader();
    private final Duration timeout;
    private final Counts counts;
    private final Consumer<Channel> onPassed;
    private @Nullable Future<?> timer;
    private boolean passed;
    private boolean failed;

    /** Who has to show a header, and how soon. */
    public record Terms(Predicate<IpPort> from, Duration timeout, boolean othersAllowed) {
        /** No header is expected of anybody. */
        public static final Terms NONE = new Terms(address -> false, Duration.ofSeconds(3), true);
    }

    /** What is counted; called on the event loop. */
    public interface Counts {
        /** Nobody counts. */
        Counts NONE = new Counts() {
            @Override
            public void accepted(ProxyHeader header) {}

            @Override
            public void refused(HeaderVerdict reason) {}

            @Override
            public void timedOut() {}

            @Override
            public void stranger() {}
        };

        /** A good header. */
        void accepted(ProxyHeader header);

        /** No good header, for that reason. */
        void refused(HeaderVerdict reason);

        /** No whole header in time. */
        void timedOut();

        /** Closed because its address is none that may connect. */
        void stranger();
    }

    public ProxyProtocolGate(Duration timeout, Counts counts, Consumer<Channel> onPassed) {
        this.timeout = timeout;
        this.counts = counts;
        this.onPassed = onPassed;
    }

    /** The client: as given, else as seen. */
    public static IpPort source(Channel channel, IpPort peer) {
        GivenAddresses given = channel.attr(GivenAddresses.KEY).get();
        return given == null ? peer : given.source();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        timer = ctx.executor().schedule(() -> late(ctx), timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        // Passed on in the name of the client, later. A socket that does not read by itself has to be asked.
        ctx.read();
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (failed) {
            in.skipBytes(in.readableBytes());
            return;
        }
        byte[] bytes = new byte[Math.min(in.readableBytes(), wanted(in))];
        in.getBytes(in.readerIndex(), bytes);
        HeaderVerdict verdict = decoder.decode(bytes, 0, bytes.length, header);
        if (verdict == HeaderVerdict.COMPLETE) {
            in.skipBytes(header.length());
            pass(ctx);
        } else if (verdict.isFailure()) {
            counts.refused(verdict);
            in.skipBytes(in.readableBytes());
            reset(ctx);
        } else {
            ctx.read();
        }
    }

    /** As many bytes as say something: a header that comes byte by byte is looked at while it is short, and when it is whole. */
    private static int wanted(ByteBuf in) {
        int fixed = ProxyHeaderDecoder.V2_FIXED;
        if (in.readableBytes() < fixed || in.getByte(in.readerIndex()) != '\r') {
            return ProxyHeaderDecoder.MAX_V1;
        }
        int whole = fixed + in.getUnsignedShort(in.readerIndex() + 14);
        return in.readableBytes() >= whole ? whole : fixed;
    }

    private void pass(ChannelHandlerContext ctx) {
        passed = true;
        stop();
        counts.accepted(header);
        if (header.hasAddresses()) {
            ctx.channel().attr(GivenAddresses.KEY).set(GivenAddresses.of(header));
        }
        onPassed.accept(ctx.channel());
        ctx.fireChannelActive();
        if (!ctx.isRemoved()) {
            ctx.pipeline().remove(this);
        }
    }

    private void late(ChannelHandlerContext ctx) {
        if (!passed && !failed) {
            counts.timedOut();
            reset(ctx);
        }
    }

    private void reset(ChannelHandlerContext ctx) {
        failed = true;
        stop();
        ctx.channel().config().setOption(ChannelOption.SO_LINGER, 0);
        var unused = ctx.close();
    }

    private void stop() {
        Future<?> running = timer;
        if (running != null) {
            running.cancel(false);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        stop();
        if (!passed && !failed) {
            failed = true;
            counts.refused(HeaderVerdict.INCOMPLETE);
        }
        // Nobody behind has heard of the connection.
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (passed) {
            ctx.fireExceptionCaught(cause);
        } else {
            var unused = ctx.close();
        }
    }
}
