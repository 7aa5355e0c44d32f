package org.strowger.proxy.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.strowger.health.probe.ProbeFront;
import org.strowger.sip.IpPort;
import org.strowger.sip.stream.FrameFailure;
import org.strowger.sip.stream.FrameLimits;
import org.strowger.sip.stream.SipFramer;
import org.strowger.sip.websocket.FrameReader;
import org.strowger.sip.websocket.FrameViolation;
import org.strowger.sip.websocket.FrameWriter;
import org.strowger.threading.RunsOn;

/** Has probes go over a WebSocket: a handshake, then one message in one frame. */
@RunsOn(RunsOn.Runner.CONTROL)
public final class WebSocketProbeFront implements ProbeFront {
    /** Longer than any probe waits. */
    private static final long HANDSHAKE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final ProbeFront secure;
    private final String path;
    private final String subProtocol;
    private final RandomGenerator random;

    /**
     * The front of a backend.
     *
     * @param secure what is below it: TLS, or nothing
     * @param subProtocol what is offered, and has to be agreed to; empty: nothing
     * @param random of keys and masks
     */
    public WebSocketProbeFront(ProbeFront secure, String path, String subProtocol, RandomGenerator random) {
        this.secure = secure;
        this.path = path;
        this.subProtocol = subProtocol;
        this.random = random;
    }

    /** The front of a SIP backend. */
    public static WebSocketProbeFront ofSip(ProbeFront secure, String path, RandomGenerator random) {
        return new WebSocketProbeFront(secure, path, Handshake.SUB_PROTOCOL, random);
    }

    @Override
    public Future<?> install(Channel fresh, InetSocketAddress remote) {
        HttpClientCodec codec = new HttpClientCodec();
        ChannelPromise standing = fresh.newPromise();
        secure.install(fresh, remote).addListener(done -> {
            if (!done.isSuccess()) {
                standing.tryFailure(done.cause());
            }
        });
        String host = IpPort.of(remote).toString();
        fresh.pipeline()
                .addLast(codec)
                .addLast(new UpgradeHandler(
                        codec, new UpgradeHandler.Wish(host, path, subProtocol), HANDSHAKE_NANOS, random, standing));
        return standing;
    }

    @Override
    public ChannelHandler framing(FrameLimits limits, byte[] scratch, SipFramer.Sink sink) {
        return new Framing(new FrameReader(FrameReader.Peer.SERVER, limits.maxMessageBytes()), scratch, sink);
    }

    /** Frames of one connection, both ways. */
    @RunsOn(RunsOn.Runner.CONTROL)
    private final class Framing extends ChannelDuplexHandler {
        private final FrameReader reader;
        private final byte[] scratch;
        private final SipFramer.Sink sink;

        Framing(FrameReader reader, byte[] scratch, SipFramer.Sink sink) {
            this.reader = reader;
            this.scratch = scratch;
            this.sink = sink;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf buffer = (ByteBuf) message;
            try {
                while (buffer.isReadable()) {
                    int length = Math.min(buffer.readableBytes(), scratch.length);
                    buffer.readBytes(scratch, 0, length);
                    reader.feed(scratch, 0, length, new Found(context));
                }
            } finally {
                buffer.release();
            }
        }

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            ByteBuf buffer = (ByteBuf) message;
            byte[] bytes = new byte[buffer.readableBytes()];
            buffer.readBytes(bytes);
            buffer.release();
            ByteBuf frame = context.alloc().buffer(FrameWriter.maskedHeader(bytes.length) + bytes.length);
            FrameWriter.maskedMessage(bytes, 0, bytes.length, random.nextInt(), frame);
            var unused = context.write(frame, promise);
        }

        /** What the server sends. */
        private final class Found implements FrameReader.Sink {
            private final ChannelHandlerContext context;

            Found(ChannelHandlerContext context) {
                this.context = context;
            }

            @Override
            public void message(byte[] bytes, int from, int to) {
                if (to - from > 4) {
                    sink.message(bytes, from, to);
                } else {
                    sink.pong();
                }
            }

            @Override
            public void ping(byte[] bytes, int from, int to) {
                answer(FrameWriter.pong(bytes, from, to));
            }

            @Override
            public void pong() {
                sink.pong();
            }

            @Override
            public void close(int code) {
                answer(FrameWriter.close(code));
                var unused = context.close();
            }

            @Override
            public void violated(FrameViolation violation) {
                sink.broken(FrameFailure.NOT_SIP, scratch, 0, 0);
            }

            private void answer(byte[] control) {
                byte[] frame = FrameWriter.masked(control, random.nextInt());
                var unused = context.writeAndFlush(
                        context.alloc().buffer(frame.length).writeBytes(frame));
            }
        }
    }
}
