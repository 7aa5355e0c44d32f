package org.strowger.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.strowger.threading.RunsOn;

/** The body of a request on its way to a backend: framed anew, and kept while there is no backend yet. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class RequestBody {
    private final BodyFraming framing;
    /** At most what one read brings: the client is not read from meanwhile. */
    private final ArrayDeque<ByteBuf> kept = new ArrayDeque<>();

    private boolean isEnded;
    private boolean isEndSent;
    private long came;
    private HttpHeaders trailers = EmptyHttpHeaders.INSTANCE;

    RequestBody(BodyFraming framing) {
        this.framing = framing;
        this.isEnded = !framing.hasBody();
        this.isEndSent = isEnded;
    }

    /** True while more of it is to come. */
    boolean isStreaming() {
        return !isEnded;
    }

    /** True when this would make it longer than was said, which HTTP/2 can. */
    boolean isBeyond(ByteBuf part) {
        came += part.readableBytes();
        return isEnded || (framing.kind() == BodyFraming.Kind.LENGTH && came > framing.length());
    }

    void keep(ByteBuf part) {
        kept.addLast(part);
    }

    void end(HttpHeaders with) {
        isEnded = true;
        trailers = with;
    }

    /** What was kept, and the end if it is there. */
    void sendTo(Upstream to) {
        @Nullable ByteBuf next = kept.pollFirst();
        while (next != null) {
            write(next, to);
            next = kept.pollFirst();
        }
        if (isEnded && !isEndSent) {
            isEndSent = true;
            if (framing.kind() == BodyFraming.Kind.CHUNKED) {
                to.write(HeadWriter.lastChunk(trailers, to.channel().alloc()));
            }
        }
    }

    void write(ByteBuf part, Upstream to) {
        if (framing.kind() != BodyFraming.Kind.CHUNKED) {
            to.write(part);
        } else if (!part.isReadable()) {
            part.release();
        } else {
            to.write(HeadWriter.chunkStart(part.readableBytes(), to.channel().alloc()));
            to.write(part);
            to.write(HeadWriter.chunkEnd());
        }
    }

    void release() {
        kept.forEach(ByteBuf::release);
        kept.clear();
    }
}
