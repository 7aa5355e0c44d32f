package org.strowger.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.strowger.threading.RunsOn;

/**
 * Cuts a stream of bytes into messages of HTTP/1 and their bodies into parts, strictly and without keeping a byte of a body.
 * Stops after each message until {@link #next}. Bytes of an unfinished line stay in the buffer that they came in.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class Http1Reader {
    /** Of a chunk size and its extensions, which are read over. */
    private static final int MAX_CHUNK_LINE = 256;

    /** What a start line and fields mean. */
    interface Grammar {
        /** Looked at as soon as it is there. */
        @Nullable
        HttpFault startLine(String line);

        /** All fields are there: passes the head on, unless it has a fault. */
        HeadVerdict head(HttpHeaders fields);
    }

    /** Takes what follows a head. */
    interface Sink {
        /** A part of the body, now owned by the callee. */
        void body(ByteBuf part);

        void end(HttpHeaders trailers);

        /** Nothing more can be read. */
        void broken(HttpFault fault);
    }

    /** What comes next. */
    private enum State {
        START_LINE,
        FIELDS,
        LENGTH,
        CHUNK_LINE,
        CHUNK_DATA,
        CHUNK_END,
        TRAILERS,
        UNTIL_CLOSE,
        /** The message is over. */
        ENDED,
        /** What follows is not for this reader. */
        RAW,
        BROKEN
    }

    private final HeadLimits limits;
    private final Grammar grammar;
    private final Sink sink;
    private State state = State.START_LINE;
    private HttpHeaders fields = EmptyHttpHeaders.INSTANCE;
    private int fieldCount;
    private int headBytes;
    private int scanned;
    private long left;
    private boolean blankSeen;

    Http1Reader(HeadLimits limits, Grammar grammar, Sink sink) {
        this.limits = limits;
        this.grammar = grammar;
        this.sink = sink;
    }

    /** Takes what is there, up to the end of the message. */
    void read(ByteBuf in) {
        while (in.isReadable()) {
            switch (state) {
                case START_LINE, FIELDS, CHUNK_LINE, CHUNK_END, TRAILERS -> {
                    if (!line(in)) {
                        return;
                    }
                }
                case LENGTH, CHUNK_DATA -> data(in);
                case UNTIL_CLOSE -> sink.body(in.readRetainedSlice(in.readableBytes()));
                case ENDED, RAW -> {
                    return;
                }
                case BROKEN -> in.skipBytes(in.readableBytes());
            }
        }
    }

    /** The next message may come. */
    void next() {
        if (state == State.ENDED) {
            state = State.START_LINE;
            headBytes = 0;
            blankSeen = false;
        }
    }

    /** The stream is over: true when that is a proper end of what was read. */
    boolean close() {
        if (state == State.UNTIL_CLOSE) {
            end(EmptyHttpHeaders.INSTANCE);
            return true;
        }
        return state == State.ENDED || state == State.RAW || (state == State.START_LINE && headBytes == 0);
    }

    /** True between messages. */
    boolean isIdle() {
        return (state == State.START_LINE && headBytes == 0 && scanned == 0) || state == State.ENDED;
    }

    /** Nothing is read any more. */
    void stop() {
        state = State.BROKEN;
    }

    /** Takes one line; false when it has no end yet. */
    private boolean line(ByteBuf in) {
        int start = in.readerIndex();
        int feed = in.indexOf(start + scanned, in.writerIndex(), (byte) '\n');
        int length = (feed < 0 ? in.writerIndex() : feed + 1) - start;
        HttpFault tooLong = tooLong(length);
        if (tooLong != null) {
            fail(tooLong);
            return true;
        }
        if (feed < 0) {
            scanned = length;
            return false;
        }
        scanned = 0;
        headBytes += length;
        if (length < 2 || in.getByte(feed - 1) != '\r') {
            fail(HttpFault.BAD_LINE_END);
            return true;
        }
        String line = in.toString(start, length - 2, StandardCharsets.ISO_8859_1);
        in.readerIndex(feed + 1);
        HttpFault fault = line.indexOf('\r') >= 0 ? HttpFault.BAD_LINE_END : line(line);
        if (fault != null) {
            fail(fault);
        }
        return true;
    }

    private @Nullable HttpFault tooLong(int length) {
        return switch (state) {
            case CHUNK_LINE, CHUNK_END -> length > MAX_CHUNK_LINE ? HttpFault.BAD_CHUNK : null;
            // Method, version and the blanks between may be longer than that together, but not by much.
            case START_LINE -> length > limits.target() + 64 ? HttpFault.URI_TOO_LONG : null;
            default -> headBytes + length > limits.bytes() ? HttpFault.HEAD_TOO_LARGE : null;
        };
    }

    private @Nullable HttpFault line(String line) {
        return switch (state) {
            case START_LINE -> startLine(line);
            case FIELDS -> line.isEmpty() ? head() : field(line);
            case CHUNK_LINE -> chunk(line);
            case CHUNK_END -> chunkEnd(line);
            case TRAILERS -> {
                if (line.isEmpty()) {
                    end(fields);
                    yield null;
                }
                yield field(line);
            }
            default -> throw new IllegalStateException(state + " (expected: one of lines)");
        };
    }

    private @Nullable HttpFault startLine(String line) {
        if (line.isEmpty()) {
            // RFC 9112 section 2.2: one may come before a request.
            boolean second = blankSeen;
            blankSeen = true;
            headBytes = 0;
            return second ? HttpFault.BAD_START_LINE : null;
        }
        fields = FieldSyntax.fields();
        fieldCount = 0;
        state = State.FIELDS;
        return grammar.startLine(line);
    }

    private @Nullable HttpFault field(String line) {
        return ++fieldCount > limits.fields() ? HttpFault.HEAD_TOO_LARGE : FieldSyntax.add(line, fields);
    }

    private @Nullable HttpFault head() {
        state = State.ENDED;
        HeadVerdict verdict = grammar.head(fields);
        if (verdict instanceof HttpFault fault) {
            return fault;
        }
        if (state == State.BROKEN) {
            return null;
        }
        BodyFraming framing = (BodyFraming) verdict;
        headBytes = 0;
        left = framing.length();
        switch (framing.kind()) {
            case NONE -> end(EmptyHttpHeaders.INSTANCE);
            case LENGTH -> state = State.LENGTH;
            case CHUNKED -> state = State.CHUNK_LINE;
            case UNTIL_CLOSE -> state = State.UNTIL_CLOSE;
            case INTERIM -> state = State.START_LINE;
            case TUNNEL -> state = State.RAW;
        }
        return null;
    }

    private void end(HttpHeaders trailers) {
        state = State.ENDED;
        sink.end(trailers);
    }

    private @Nullable HttpFault chunk(String line) {
        left = FieldSyntax.chunkSize(line);
        headBytes = 0;
        if (left < 0) {
            return HttpFault.BAD_CHUNK;
        }
        state = left == 0 ? State.TRAILERS : State.CHUNK_DATA;
        if (left == 0) {
            fields = FieldSyntax.fields();
            fieldCount = 0;
        }
        return null;
    }

    private @Nullable HttpFault chunkEnd(String line) {
        state = State.CHUNK_LINE;
        headBytes = 0;
        return line.isEmpty() ? null : HttpFault.BAD_CHUNK;
    }

    private void data(ByteBuf in) {
        int length = (int) Math.min(left, in.readableBytes());
        left -= length;
        ByteBuf part = in.readRetainedSlice(length);
        if (left > 0) {
            sink.body(part);
        } else if (state == State.CHUNK_DATA) {
            state = State.CHUNK_END;
            sink.body(part);
        } else {
            sink.body(part);
            if (state != State.BROKEN) {
                end(EmptyHttpHeaders.INSTANCE);
            }
        }
    }

    private void fail(HttpFault fault) {
        state = State.BROKEN;
        sink.broken(fault);
    }
}
