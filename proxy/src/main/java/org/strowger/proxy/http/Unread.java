package org.strowger.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.ByteToMessageDecoder;
import org.jspecify.annotations.Nullable;
import org.strowger.threading.RunsOn;

/** Bytes that came and that a reader has not taken yet. Bounded by what the reader lets an unfinished line measure. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class Unread {
    private @Nullable ByteBuf bytes;

    /** Gives the reader what was left and what came, which is now owned by this. */
    void feed(ByteBufAllocator allocator, ByteBuf came, Http1Reader reader) {
        ByteBuf before = bytes;
        bytes = before == null ? came : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(allocator, before, came);
        feed(reader);
    }

    /** Gives the reader what was left. */
    void feed(Http1Reader reader) {
        ByteBuf mine = bytes;
        if (mine == null) {
            return;
        }
        // A part of it may be taken away by a tunnel that begins meanwhile.
        mine.retain();
        reader.read(mine);
        if (bytes != null && !mine.isReadable()) {
            release();
        }
        mine.release();
    }

    boolean hasBytes() {
        return bytes != null && bytes.isReadable();
    }

    /** What is left, now owned by the caller. */
    ByteBuf take() {
        ByteBuf mine = bytes;
        bytes = null;
        if (mine == null) {
            return Unpooled.EMPTY_BUFFER;
        }
        return mine;
    }

    void release() {
        ByteBuf mine = bytes;
        bytes = null;
        if (mine != null) {
            mine.release();
        }
    }
}
