package org.strowger.health.probe;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.strowger.threading.RunsOn;

/** The socket of a probe: one at a time, and once it is closed nothing is heard of it any more. */
@RunsOn(RunsOn.Runner.CONTROL)
final class ProbeChannel {
    private final Function<ChannelHandler, Bootstrap> kind;
    private final ProbeFront front;
    private final InetSocketAddress remote;
    private final User user;
    private @Nullable Channel channel;
    private boolean ready;

    /** The probe that speaks on it. */
    interface User {

        /** Appends the handlers that read what comes; they ask {@link #isCurrent} before they believe it. */
        void equip(Channel fresh);

        /** One may speak. */
        void opened(Channel open);

        /** It could not be opened, or has ended; it is closed by now. */
        void ended(Throwable cause);

        /** Whether that error on the open socket is its end. */
        default boolean isEnd(Throwable cause) {
            return true;
        }
    }

    /**
     * No socket yet.
     *
     * @param kind one of the methods of {@link ProbeSockets}
     */
    ProbeChannel(Function<ChannelHandler, Bootstrap> kind, ProbeFront front, InetSocketAddress remote, User user) {
        this.kind = kind;
        this.front = front;
        this.remote = remote;
        this.user = user;
    }

    InetSocketAddress remote() {
        return remote;
    }

    boolean isOpen() {
        return channel != null;
    }

    boolean isCurrent(Channel other) {
        return other == channel;
    }

    /** Opens a new one, in place of the present one if there is any. */
    void open() {
        close();
        Opening opening = new Opening();
        ChannelFuture connecting = kind.apply(opening).connect(remote);
        Channel opened = connecting.channel();
        channel = opened;
        connecting.addListener(connected -> {
            Future<?> standing = opening.standing;
            if (!connected.isSuccess() || standing == null) {
                end(opened, connected.isSuccess() ? new ClosedChannelException() : connected.cause());
            } else if (opened == channel) {
                standing.addListener(stood -> ready(opened, stood));
            }
        });
    }

    private void ready(Channel opened, Future<?> stood) {
        if (!stood.isSuccess()) {
            end(opened, stood.cause());
        } else if (opened == channel) {
            ready = true;
            user.opened(opened);
        }
    }

    /** Sends, or does nothing when one may not speak yet. Takes the buffer over. */
    void send(ByteBuf bytes) {
        Channel open = channel;
        if (open == null || !ready) {
            bytes.release();
            return;
        }
        open.writeAndFlush(bytes).addListener(sent -> {
            if (!sent.isSuccess()) {
                trouble(open, sent.cause());
            }
        });
    }

    private void trouble(Channel where, Throwable cause) {
        if (where == channel && (!ready || user.isEnd(cause))) {
            end(where, cause);
        }
    }

    /** What comes on {@code gone} is of no use, or nothing will come: closes it and tells the probe. */
    void end(Channel gone, Throwable cause) {
        if (gone == channel) {
            close();
            user.ended(cause);
        }
    }

    /** Closes it, if there is any; the probe hears nothing of that. */
    void close() {
        Channel open = channel;
        channel = null;
        ready = false;
        if (open != null) {
            var unused = open.close();
        }
    }

    /** Puts the handlers on one channel: the front's, the probe's, and last one that sees the end. */
    @RunsOn(RunsOn.Runner.CONTROL)
    private final class Opening extends ChannelInitializer<Channel> {
        private @Nullable Future<?> standing;

        @Override
        protected void initChannel(Channel fresh) {
            standing = front.install(fresh, remote);
            user.equip(fresh);
            fresh.pipeline().addLast(new End());
        }
    }

    /** Sees one channel end or fail. */
    @RunsOn(RunsOn.Runner.CONTROL)
    private final class End extends ChannelInboundHandlerAdapter {

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            end(context.channel(), new ClosedChannelException());
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            trouble(context.channel(), cause);
        }
    }
}
