package org.strowger.proxy.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import org.strowger.threading.RunsOn;

/** A client's connection of HTTP/2 (RFC 9113): a channel for each stream, and the time without any. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class Http2Front extends ChannelInboundHandlerAdapter {
    private final HttpLoop loop;
    private final Http2FrameCodec codec;
    private final Deadline idle;
    private final Channel channel;

    private Http2Front(HttpLoop loop, Http2FrameCodec codec, Channel channel) {
        this.loop = loop;
        this.codec = codec;
        this.channel = channel;
        this.idle = loop.deadline(this::late);
    }

    /** Adds what serves a connection of HTTP/2. */
    static void install(Channel channel, HttpLoop loop, Visitor visitor) {
        HttpOptions.Bounds bounds = loop.picture().options().limits();
        Http2FrameCodec codec = Http2FrameCodecBuilder.forServer()
                .initialSettings(Http2Settings.defaultSettings()
                        .maxConcurrentStreams(bounds.streams())
                        .maxHeaderListSize(bounds.headBytes())
                        .connectProtocolEnabled(true))
                .build();
        channel.pipeline()
                .addLast(codec)
                .addLast(new Http2MultiplexHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel stream) {
                        stream.pipeline().addLast(new Http2Stream(loop, visitor));
                    }
                }))
                .addLast(new Http2Front(loop, codec, channel));
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        loop.opened(ctx.channel());
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

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        var unused = ctx.close();
    }
}
