package org.strowger.proxy.relay;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.net.PortUnreachableException;
import org.jspecify.annotations.Nullable;
import org.strowger.proxy.metrics.BackendCounter;
import org.strowger.proxy.metrics.Counter;
import org.strowger.proxy.routing.Target;
import org.strowger.threading.RunsOn;

/** A client of a UDP relay with its own socket towards its backend: what comes back there is for that client. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class UdpFlow extends SimpleChannelInboundHandler<DatagramPacket> {
    private final UdpRelay relay;
    private final FlowKey key;
    private final Target target;
    private final byte[] header;
    private @Nullable Channel channel;
    private boolean unreachable;
    private boolean answered;
    private long lastNanos;

    /** @param header that each datagram begins with; may be empty */
    UdpFlow(UdpRelay relay, FlowKey key, Target target, byte[] header) {
        this.relay = relay;
        this.key = key;
        this.target = target;
        this.header = header;
    }

    void open(Channel connected) {
        channel = connected;
    }

    FlowKey key() {
        return key;
    }

    Target target() {
        return target;
    }

    /** True when the network has said that nobody is there. */
    boolean isUnreachable() {
        return unreachable;
    }

    long lastNanos() {
        return lastNanos;
    }

    /** Queues a datagram for the backend. */
    void send(byte[] bytes, int from, int to, long nowNanos) {
        lastNanos = nowNanos;
        Channel out = channel;
        if (out == null || !out.isWritable()) {
            relay.loop().count(Counter.RELAY_DROP_UNSENDABLE);
            return;
        }
        int length = to - from;
        ByteBuf datagram = out.alloc().ioBuffer(header.length + length);
        datagram.writeBytes(header).writeBytes(bytes, from, length);
        relay.loop().of(target).add(BackendCounter.RELAYED_TO, length);
        ChannelFutureListener whenWritten = write -> {
            if (!write.isSuccess()) {
                failed(write.cause());
            }
        };
        out.write(datagram).addListener(whenWritten);
    }

    void flush() {
        if (channel != null) {
            channel.flush();
        }
    }

    void close() {
        if (channel != null) {
            var unused = channel.close();
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
        if (!answered) {
            answered = true;
            relay.loop().of(target).increment(BackendCounter.ANSWERED);
        }
        lastNanos = relay.loop().nanoTime();
        relay.loop()
                .of(target)
                .add(BackendCounter.RELAYED_FROM, packet.content().readableBytes());
        relay.toClient(key, packet.content());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        relay.flushClients();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        failed(cause);
    }

    /** ICMP errors come as failures of a later read or write on a connected socket. */
    private void failed(Throwable cause) {
        boolean refused = cause instanceof PortUnreachableException
                || (cause instanceof IOException
                        && String.valueOf(cause.getMessage()).contains("refused"));
        if (refused && !unreachable) {
            unreachable = true;
            relay.loop().failed(target, BackendCounter.ICMP_ERRORS);
        } else if (!refused) {
            relay.loop().count(Counter.RELAY_DROP_UNSENDABLE);
        }
    }
}
