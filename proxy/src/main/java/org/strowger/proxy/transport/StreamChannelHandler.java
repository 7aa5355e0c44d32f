package org.strowger.proxy.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.unix.Errors;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.Arrays;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.sip.IpPort;
import org.strowger.threading.RunsOn;

/** The last handler of a stream channel: bytes become messages of its flow. Releases the buffers it reads. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class StreamChannelHandler extends ChannelInboundHandlerAdapter implements StreamFraming.Sink {
    private static final Logger LOGGER = LoggerFactory.getLogger(StreamChannelHandler.class);

    private static final int LINUX_ETIMEDOUT = 110;

    private final Flows flows;
    private final StreamFlow flow;
    private final StreamFraming framing;
    private CloseReason endReason = CloseReason.CLOSED_BY_PEER;

    StreamChannelHandler(Flows flows, StreamFlow flow, StreamFraming framing) {
        this.flows = flows;
        this.flow = flow;
        this.framing = framing;
    }

    /** The handler of a connection that was open before it became a flow. */
    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        if (context.channel().isActive() && context.channel().localAddress() instanceof InetSocketAddress) {
            channelActive(context);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        flow.opened(IpPort.of((InetSocketAddress) context.channel().localAddress()));
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf buffer = (ByteBuf) message;
        try {
            byte[] bytes = flows.readBytes();
            flows.counters().received(buffer.readableBytes());
            while (flow.isOpen() && buffer.isReadable()) {
                int length = Math.min(buffer.readableBytes(), bytes.length);
                buffer.readBytes(bytes, 0, length);
                framing.feed(bytes, 0, length, this);
            }
        } finally {
            buffer.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        flows.readSomething();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        // Over TLS the connection was there, and nobody could use it yet.
        flow.end(flow.isConnecting() ? CloseReason.CONNECT_FAILED : endReason);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof DecoderException decoding && decoding.getCause() instanceof SSLException) {
            // What came is not what the keys were agreed for.
            endReason = CloseReason.BROKEN_STREAM;
            flow.closeChannel();
        } else if (cause instanceof ClosedChannelException) {
            flow.closeChannel();
        } else if (cause instanceof IOException failure) {
            endReason = reasonOf(failure);
            flow.closeChannel();
        } else {
            LOGGER.error("flow {} from {}: closed after a failure of our own", flow.id(), flow.remote(), cause);
            flow.abort(CloseReason.INTERNAL_ERROR);
        }
    }

    @Override
    public void message(byte[] bytes, int from, int to) {
        if (flow.isOpen()) {
            flow.heard();
            flows.handler().onMessage(flow, bytes, from, to);
        }
    }

    @Override
    public void ping() {
        if (flow.isOpen()) {
            flow.heard();
            flow.pong();
        }
    }

    @Override
    public void pong() {
        if (flow.isOpen()) {
            flow.heard();
        }
    }

    @Override
    public void answer(byte[] bytes, int from, int to) {
        flow.heard();
        flow.answer(Arrays.copyOfRange(bytes, from, to));
    }

    @Override
    public void ended() {
        if (flow.isOpen()) {
            flow.close(CloseReason.CLOSED_BY_PEER);
        }
    }

    @Override
    public void broken(FramingFailure failure, byte[] head, int from, int to) {
        if (flow.isOpen()) {
            flows.handler().onBroken(flow, failure, head, from, to);
            flow.close(CloseReason.BROKEN_STREAM);
        }
    }

    private static CloseReason reasonOf(IOException failure) {
        return failure instanceof Errors.NativeIoException nativeFailure
                        && nativeFailure.expectedErr() == -LINUX_ETIMEDOUT
                ? CloseReason.TIMED_OUT
                : CloseReason.RESET;
    }
}
