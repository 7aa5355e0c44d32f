package org.strowger.proxy.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;

/** The end of one direction of a connection, whatever carries it. */
final class Ends {
    private Ends() {}

    /** True for what a pipeline is told when nothing more will be read. */
    static boolean isEndOfInput(Object event) {
        return event instanceof ChannelInputShutdownEvent || event instanceof SslCloseCompletionEvent;
    }

    /** Tells the peer that nothing more will be written, after what has been. */
    static void shutdownOutput(Channel channel) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls != null) {
            var unused = tls.closeOutbound();
        } else if (channel instanceof Http2StreamChannel) {
            var unused = channel.writeAndFlush(new DefaultHttp2DataFrame(true));
        } else {
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
                var unused = channel instanceof DuplexChannel duplex ? duplex.shutdownOutput() : channel.close();
            });
        }
    }
}
