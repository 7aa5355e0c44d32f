package org.strowger.proxy.transport;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.strowger.threading.RunsOn;

/**
 * The messages of one flow that the kernel has not taken yet, bounded in bytes. The channel holds one {@link Segment} at
 * a time; what is sent meanwhile gathers in the next one. So a batch is one write, and a peer that reads slowly costs
 * no more memory than its bound.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class OutboundQueue implements ChannelFutureListener {
    private final ByteBufAllocator allocator;
    private final StreamFraming framing;
    private final int maxBytes;
    private final StreamCounters counters;

    private @Nullable Segment head;
    private @Nullable Segment tail;
    private boolean headInChannel;
    private int queuedBytes;

    OutboundQueue(ByteBufAllocator allocator, StreamFraming framing, int maxBytes, StreamCounters counters) {
        this.allocator = allocator;
        this.framing = framing;
        this.maxBytes = maxBytes;
        this.counters = counters;
    }

    /** Copies the message; false when it would exceed the bound. An empty queue takes a message of any length. */
    boolean append(byte[] bytes, int offset, int length) {
        int framed = length + framing.overhead(length);
        if (head != null && framed > maxBytes - queuedBytes) {
            return false;
        }
        segment(framed).append(framing, bytes, offset, length);
        queuedBytes += framed;
        return true;
    }

    /** Copies what is not a message; false when it would exceed the bound. */
    boolean appendRaw(byte[] bytes) {
        if (bytes.length == 0 || (head != null && bytes.length > maxBytes - queuedBytes)) {
            return false;
        }
        segment(bytes.length).appendRaw(bytes);
        queuedBytes += bytes.length;
        return true;
    }

    /** One with room, that the channel does not hold. */
    private Segment segment(int length) {
        Segment last = tail;
        return last == null || (headInChannel && last == head) || !last.takes(length) ? grow(length) : last;
    }

    boolean isEmpty() {
        return head == null;
    }

    int queuedBytes() {
        return queuedBytes;
    }

    /** Gives the channel the next segment, unless it holds one. The others follow as the kernel takes them. */
    void write(Channel channel) {
        Segment first = head;
        if (first == null || headInChannel) {
            return;
        }
        headInChannel = true;
        var unused = channel.writeAndFlush(first.share(), channel.newPromise().addListener(this));
    }

    @Override
    public void operationComplete(ChannelFuture write) {
        Segment done = head;
        if (done == null) {
            return;
        }
        if (!write.isSuccess()) {
            // Kept until drained: its reader index says how far the kernel got.
            write.channel().pipeline().fireExceptionCaught(write.cause());
            return;
        }
        headInChannel = false;
        head = done.next;
        if (head == null) {
            tail = null;
        }
        queuedBytes -= done.length();
        counters.sent(done.length());
        done.release();
        write(write.channel());
    }

    /** Empties the queue and returns copies of what the kernel has not taken as a whole, oldest first. */
    List<byte[]> drain() {
        List<byte[]> unwritten = new ArrayList<>();
        Segment segment = head;
        while (segment != null) {
            segment.addUnwritten(framing, unwritten);
            segment.release();
            segment = segment.next;
        }
        head = null;
        tail = null;
        headInChannel = false;
        queuedBytes = 0;
        return unwritten;
    }

    private Segment grow(int length) {
        Segment fresh = new Segment(allocator, length);
        if (tail == null) {
            head = fresh;
        } else {
            tail.next = fresh;
        }
        tail = fresh;
        return fresh;
    }
}
