package org.strowger.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.ReferenceCountUtil;
import org.strowger.proxy.metrics.Counter;
import org.strowger.threading.RunsOn;

/** A client's connection of HTTP/2 (RFC 9113): a channel for each stream, and the time without any. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class Http2Front extends ChannelInboundHandlerAdapter {
    /** Streams that a client, or we because of a client, may reset within the window: CVE-2023-44487, CVE-2025-8671. */
    private static final int MAX_RESETS = 200;

    private static final int WINDOW_SECONDS = 30;
    private static final long WINDOW_NANOS = WINDOW_SECONDS * 1_000_000_000L;
    /** Pings and settings; clients that measure their bandwidth send a ping for about each read. */
    private static final int MAX_FRAMES = 3000;

    /** Of DATA without any, one after the other: CVE-2019-9518. */
    private static final int MAX_EMPTY_DATA = 2;
    /** Of CONTINUATION with next to nothing, one after the other: CVE-2024-27983 and its like. */
    private static final int MAX_SMALL_CONTINUATIONS = 16;
    /** Answers to pings and settings that a client does not read: CVE-2019-9512, CVE-2019-9515. */
    private static final int MAX_QUEUED_ANSWERS = 1000;

    private final HttpLoop loop;
    private final Http2FrameCodec codec;
    private final Deadline idle;
    private final Channel channel;
    private final FrameRate frames;
    private final FrameRate faults;
    private boolean refused;

    private Http2Front(HttpLoop loop, Http2FrameCodec codec, Channel channel) {
        this.loop = loop;
        this.codec = codec;
        this.channel = channel;
        this.idle = loop.deadline(this::late);
        this.frames = new FrameRate(MAX_FRAMES, WINDOW_NANOS, loop::nanoTime);
        this.faults = new FrameRate(MAX_RESETS, WINDOW_NANOS, loop::nanoTime);
    }

    /** Adds what serves a connection of HTTP/2. */
    static void install(Channel channel, HttpLoop loop, Visitor visitor) {
        HttpOptions.Bounds bounds = loop.picture().options().limits();
        Http2FrameCodec codec = Http2FrameCodecBuilder.forServer()
                .decoderEnforceMaxRstFramesPerWindow(MAX_RESETS, WINDOW_SECONDS)
                .decoderEnforceMaxConsecutiveEmptyDataFrames(MAX_EMPTY_DATA)
                .decoderEnforceMaxSmallContinuationFrames(MAX_SMALL_CONTINUATIONS)
                .encoderEnforceMaxQueuedControlFrames(MAX_QUEUED_ANSWERS)
                .initialSettings(Http2Settings.defaultSettings()
                        .maxConcurrentStreams(bounds.streams())
                        .maxHeaderListSize(bounds.headBytes())
                        .connectProtocolEnabled(true))
                .build();
        Http2Front front = new Http2Front(loop, codec, channel);
        channel.pipeline()
                .addLast(codec)
                .addLast(new Http2MultiplexHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel stream) {
                        stream.pipeline().addLast(new Http2Stream(loop, visitor, front::fault));
                    }
                }))
                .addLast(front);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        loop.opened(ctx.channel());
        codec.connection().addListener(new Http2ConnectionAdapter() {
            @Override
            public void onGoAwaySent(int lastStreamId, long errorCode, ByteBuf why) {
                goAwaySent(errorCode);
            }
        });
        idle.set(loop.picture().options().times().keepAlive());
    }

    /** Without a stream for so long; while there is one, its own times count. */
    private void late() {
        if (codec.connection().numActiveStreams() > 0) {
            idle.set(loop.picture().options().times().keepAlive());
        } else {
            // Sends GOAWAY.
            var unused = channel.close();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        idle.put();
        ctx.fireChannelReadComplete();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == HttpLoop.Drain.NOW) {
            // GOAWAY at once; the streams that there are go on to their end.
            var unused = channel.close();
            return;
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        idle.cancel();
        ctx.fireChannelInactive();
    }

    /** What belongs to no stream: pings and settings, answered already. Who reads the answers could ask without end. */
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ReferenceCountUtil.release(message);
        if (!frames.admits()) {
            calm("too many frames without a request");
        }
    }

    /** A stream is reset for what the client did on it. Netty bounds what the client resets. */
    private void fault() {
        if (!faults.admits()) {
            calm("too many streams that had to be reset");
        }
    }

    private void calm(String why) {
        codec.onError(
                channel.pipeline().context(codec),
                false,
                Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, why));
    }

    /** Faults of a whole connection; the codec, which found them, sends GOAWAY and closes. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof Http2Exception)) {
            var unused = ctx.close();
        }
    }

    private void goAwaySent(long error) {
        if (refused || error == Http2Error.NO_ERROR.code()) {
            return;
        }
        refused = true;
        loop.count(
                error == Http2Error.ENHANCE_YOUR_CALM.code()
                        ? Counter.HTTP2_REFUSED_FLOOD
                        : Counter.HTTP2_REFUSED_MALFORMED);
    }
}
