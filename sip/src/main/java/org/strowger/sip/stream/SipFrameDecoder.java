package org.strowger.sip.stream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.strowger.threading.RunsOn;

/**
 * The last inbound handler of a SIP connection over TCP or TLS: feeds its bytes to a {@link SipFramer}. Releases every
 * buffer that it receives and passes on nothing but foreign messages.
 *
 * <p>Pitfall: all connections of an event loop may share one scratch array, so a sink must not make another of them read
 * before it returns.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class SipFrameDecoder extends ChannelInboundHandlerAdapter {
    private final SipFramer framer;
    private final byte[] scratch;
    private final SipFramer.Sink sink;

    /** {@code scratch} takes the bytes of native buffers, as many at a time as it is long. */
    public SipFrameDecoder(FrameLimits limits, byte[] scratch, SipFramer.Sink sink) {
        if (scratch.length == 0) {
            throw new IllegalArgumentException("scratch.length: 0 (expected: > 0)");
        }
        this.framer = new SipFramer(limits);
        this.scratch = scratch;
        this.sink = sink;
    }

    /** The bytes kept of a message that is not complete; 0 between messages. */
    public int heldBytes() {
        return framer.heldBytes();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof ByteBuf buffer)) {
            ctx.fireChannelRead(message);
            return;
        }
        try {
            if (buffer.hasArray()) {
                int from = buffer.arrayOffset() + buffer.readerIndex();
                framer.feed(buffer.array(), from, from + buffer.readableBytes(), sink);
            } else {
                feedNative(buffer);
            }
        } finally {
            buffer.release();
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        framer.close();
    }

    private void feedNative(ByteBuf buffer) {
        while (buffer.isReadable()) {
            int count = Math.min(buffer.readableBytes(), scratch.length);
            buffer.readBytes(scratch, 0, count);
            framer.feed(scratch, 0, count, sink);
        }
    }
}
