package org.strowger.proxy.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.strowger.threading.RunsOn;

/**
 * Some messages in one pooled direct buffer, so that one write carries them all. The ends of the messages are kept: as
 * the channel moves the buffer's reader index on, it stays known which of them the kernel has taken as a whole.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class Segment {
    private static final int FIRST_BYTES = 4096;
    /** A segment that holds something takes no message that would make it longer than this. */
    private static final int MAX_BYTES = 64 * 1024;

    @Nullable
    Segment next;

    private final ByteBuf buffer;
    /** The index after each message; its complement where it is none. */
    private int[] ends = new int[8];

    private int count;

    Segment(ByteBufAllocator allocator, int length) {
        buffer = allocator.directBuffer(Math.max(length, FIRST_BYTES));
    }

    boolean takes(int length) {
        return buffer.writerIndex() + length <= MAX_BYTES;
    }

    void append(StreamFraming framing, byte[] bytes, int offset, int length) {
        framing.write(bytes, offset, length, buffer);
        end(buffer.writerIndex());
    }

    /** Adds what is no message. */
    void appendRaw(byte[] bytes) {
        buffer.writeBytes(bytes);
        end(~buffer.writerIndex());
    }

    private void end(int index) {
        if (count == ends.length) {
            ends = Arrays.copyOf(ends, 2 * count);
        }
        ends[count++] = index;
    }

    /** The buffer with one more reference, which the taker releases. */
    ByteBuf share() {
        return buffer.retain();
    }

    int length() {
        return buffer.writerIndex();
    }

    /** Adds a copy of each message of which the kernel has not taken the last byte. */
    void addUnwritten(StreamFraming framing, List<byte[]> messages) {
        int written = buffer.readerIndex();
        int start = 0;
        for (int i = 0; i < count; i++) {
            if (ends[i] > written) {
                messages.add(framing.read(buffer, start, ends[i]));
            }
            start = ends[i] < 0 ? ~ends[i] : ends[i];
        }
    }

    void release() {
        buffer.release();
    }
}
