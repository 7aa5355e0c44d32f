package org.strowger.proxy.websocket;

import io.netty.buffer.ByteBuf;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.strowger.proxy.transport.CloseReason;
import org.strowger.proxy.transport.FramingFailure;
import org.strowger.proxy.transport.StreamFraming;
import org.strowger.sip.stream.FirstLine;
import org.strowger.sip.websocket.CloseCode;
import org.strowger.sip.websocket.FrameReader;
import org.strowger.sip.websocket.FrameViolation;
import org.strowger.sip.websocket.FrameWriter;
import org.strowger.threading.RunsOn;

/**
 * SIP's framing of one WebSocket connection: one message in one WebSocket message (RFC 7118 section 5), with the
 * keep-alives of both layers.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class WebSocketFraming implements StreamFraming, FrameReader.Sink {
    private static final byte[] PING = FrameWriter.ping();
    private static final byte[] GOING_AWAY = FrameWriter.close(CloseCode.GOING_AWAY);
    private static final byte[] SERVICE_RESTART = FrameWriter.close(CloseCode.SERVICE_RESTART);

    private final FrameReader reader;
    /** Of a client's masks; null at the server's end, which has none. */
    private final @Nullable RandomGenerator masks;

    private final WebSocketCounters counters;
    private final FirstLine firstLine = new FirstLine();
    private @Nullable Sink sink;
    private @Nullable FrameViolation violation;

    private WebSocketFraming(FrameReader reader, @Nullable RandomGenerator masks, WebSocketCounters counters) {
        this.reader = reader;
        this.masks = masks;
        this.counters = counters;
    }

    /** Of a connection that a client has opened. */
    public static WebSocketFraming server(int maxMessage, WebSocketCounters counters) {
        return new WebSocketFraming(new FrameReader(FrameReader.Peer.CLIENT, maxMessage), null, counters);
    }

    /** Of a connection that we have opened. */
    public static WebSocketFraming client(int maxMessage, RandomGenerator masks, WebSocketCounters counters) {
        return new WebSocketFraming(new FrameReader(FrameReader.Peer.SERVER, maxMessage), masks, counters);
    }

    @Override
    public void feed(byte[] bytes, int from, int to, Sink receiver) {
        sink = receiver;
        reader.feed(bytes, from, to, this);
        sink = null;
    }

    @Override
    public int overhead(int length) {
        return masks == null ? FrameWriter.header(length) : FrameWriter.maskedHeader(length);
    }

    @Override
    public void write(byte[] bytes, int offset, int length, ByteBuf out) {
        if (masks == null) {
            FrameWriter.message(bytes, offset, length, out);
        } else {
            FrameWriter.maskedMessage(bytes, offset, length, masks.nextInt(), out);
        }
    }

    @Override
    public byte[] read(ByteBuf written, int from, int to) {
        return FrameWriter.read(written, from, to);
    }

    @Override
    public byte[] question() {
        return control(PING);
    }

    @Override
    public byte[] farewell(CloseReason reason) {
        return switch (reason) {
            case BROKEN_STREAM -> violation == null ? NOTHING : control(FrameWriter.close(violation.closeCode()));
            case DRAINED -> control(SERVICE_RESTART);
            case IDLE, REQUESTED, SHUTDOWN -> control(GOING_AWAY);
            case CLOSED_BY_PEER, RESET, TIMED_OUT, NO_PONG, SLOW_READER, CONNECT_FAILED, INTERNAL_ERROR -> NOTHING;
        };
    }

    @Override
    public void message(byte[] bytes, int from, int to) {
        Sink receiver = sink;
        if (receiver == null) {
            return;
        }
        int lineEnds = lineEnds(bytes, from, to);
        if (lineEnds >= 2) {
            receiver.ping();
        } else if (lineEnds >= 0) {
            receiver.pong();
        } else {
            firstLine.reset();
            if (firstLine.accept(bytes, from, to)) {
                receiver.message(bytes, from, to);
            } else {
                violated(FrameViolation.NOT_SIP);
            }
        }
    }

    /** How many line ends a message consists of that has nothing else (RFC 5626 section 3.5.1), or -1. */
    private static int lineEnds(byte[] b, int from, int to) {
        if ((to - from) % 2 != 0 || to - from > 4) {
            return -1;
        }
        for (int i = from; i < to; i += 2) {
            if (b[i] != '\r' || b[i + 1] != '\n') {
                return -1;
            }
        }
        return (to - from) / 2;
    }

    @Override
    public void ping(byte[] bytes, int from, int to) {
        if (sink != null) {
            counters.pinged();
            answer(control(FrameWriter.pong(bytes, from, to)));
        }
    }

    @Override
    public void pong() {
        counters.ponged();
        if (sink != null) {
            sink.pong();
        }
    }

    @Override
    public void close(int code) {
        answer(control(FrameWriter.close(code)));
        if (sink != null) {
            sink.ended();
        }
    }

    @Override
    public void violated(FrameViolation found) {
        violation = found;
        counters.violated(found);
        if (sink != null) {
            sink.broken(
                    found == FrameViolation.NOT_SIP ? FramingFailure.NOT_SIP : FramingFailure.BAD_FRAME, NOTHING, 0, 0);
        }
    }

    private void answer(byte[] frame) {
        if (sink != null) {
            sink.answer(frame, 0, frame.length);
        }
    }

    private byte[] control(byte[] frame) {
        return masks == null ? frame : FrameWriter.masked(frame, masks.nextInt());
    }
}
