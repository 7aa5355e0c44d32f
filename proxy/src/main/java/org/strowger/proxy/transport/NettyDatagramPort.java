package org.strowger.proxy.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.Errors;
import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.sip.IpPort;
import org.strowger.threading.RunsOn;

/** One unconnected UDP socket behind a Netty datagram channel. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class NettyDatagramPort implements DatagramPort {
    private static final Logger log = LoggerFactory.getLogger(NettyDatagramPort.class);

    private final DatagramChannel channel;
    private final DatagramHandler handler;
    private final DatagramCounters counters = new DatagramCounters();
    private final int maxDatagramBytes;
    private final byte[] bytes;
    private final IpPort source = new IpPort();

    private boolean queued;

    NettyDatagramPort(DatagramChannel channel, DatagramOptions options, DatagramHandler handler) {
        this.channel = channel;
        this.handler = handler;
        maxDatagramBytes = options.maxDatagramBytes();
        bytes = new byte[maxDatagramBytes];
    }

    /** What the channel's pipeline ends in. */
    ChannelHandler inbound() {
        return new Inbound();
    }

    @Override
    public InetSocketAddress localAddress() {
        return channel.localAddress();
    }

    @Override
    public DatagramCounters counters() {
        return counters;
    }

    @Override
    public void send(byte[] bytes, int offset, int length, IpPort to) {
        if (!channel.isOpen()) {
            counters.addSendDropped(SendDrop.OTHER);
            return;
        }
        if (length > maxDatagramBytes) {
            counters.addSendDropped(SendDrop.TOO_LONG);
            return;
        }
        if (!channel.isWritable()) {
            flush();
        }
        if (!channel.isWritable()) {
            counters.addSendDropped(SendDrop.QUEUE_FULL);
            return;
        }
        ByteBuf payload = channel.alloc().ioBuffer(length).writeBytes(bytes, offset, length);
        queued = true;
        ChannelFutureListener whenWritten = write -> written(write, length);
        channel.write(new DatagramPacket(payload, to.toSocketAddress())).addListener(whenWritten);
    }

    @Override
    public void flush() {
        if (queued) {
            queued = false;
            counters.addWriteBatch();
            channel.flush();
        }
    }

    @Override
    public void close() {
        flush();
        channel.close().addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
    }

    private void written(ChannelFuture write, int length) {
        Throwable cause = write.cause();
        if (cause == null) {
            counters.addSent(1, length);
        } else if (cause instanceof Errors.NativeIoException refused) {
            counters.addSendDropped(SendDrop.ofErrno(Math.abs(refused.expectedErr())));
        } else {
            counters.addSendDropped(SendDrop.OTHER);
        }
    }

    private void received(ByteBuf payload, InetSocketAddress sender) {
        int length = payload.readableBytes();
        if (length > maxDatagramBytes) {
            counters.addReceiveTruncated();
            return;
        }
        payload.readBytes(bytes, 0, length);
        counters.addReceived(1, length);
        handler.onDatagram(this, bytes, length, source.set(sender));
    }

    private void failed(Throwable cause) {
        if (counters.addHandlerFailure()) {
            log.error("{}: handling a datagram failed ({} so far)", localAddress(), counters.handlerFailures(), cause);
        }
    }

    /** Netty's calls, passed on. Netty releases each packet once this has copied it. */
    @RunsOn(RunsOn.Runner.EVENT_LOOP)
    private final class Inbound extends SimpleChannelInboundHandler<DatagramPacket> {

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
            received(packet.content(), packet.sender());
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            counters.addReadBatch();
            handler.onReadComplete();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            failed(cause);
        }
    }
}
