package org.strowger.sip.websocket;

import java.util.Arrays;
import org.strowger.threading.RunsOn;

/**
 * Cuts the bytes of one WebSocket connection into messages and control frames (RFC 6455 section 5), without extensions.
 *
 * <p>A message in one frame that lies whole in what is fed is unmasked and handed over where it lies. Of one that does
 * not, the part that came is copied and kept: never more than one message, never more than the bound, which a frame is
 * held against before anything of it is kept.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class FrameReader {
    private static final byte[] NOTHING = {};
    private static final int FIRST_CAPACITY = 1024;
    private static final int CONTINUATION = 0;
    private static final int CONTROL_BIT = 8;

    /** Which end of the connection the frames come from. */
    public enum Peer {
        /** Its frames must have a mask. */
        CLIENT,
        /** Its frames must have none. */
        SERVER
    }

    /** What is found on a connection. The bytes are only lent: copy what has to outlive the call. */
    public interface Sink {
        /** A whole message, text or binary. */
        void message(byte[] bytes, int from, int to);

        /** To be answered by a pong with the same payload. */
        void ping(byte[] bytes, int from, int to);

        /** The peer is there. */
        void pong();

        /** The peer ends the connection with that code, {@link CloseCode#NONE} for none; nothing is read after it. */
        void close(int code);

        /** The peer broke the protocol; nothing is read after it. */
        void violated(FrameViolation violation);
    }

    /** What the next byte belongs to. */
    private enum State {
        FIRST_BYTE,
        SECOND_BYTE,
        LENGTH,
        MASK,
        PAYLOAD,
        CLOSED
    }

    private final Peer peer;
    private final int maxMessage;
    private State state = State.FIRST_BYTE;
    private boolean fin;
    private int opcode;
    private boolean masked;
    private long length;
    /** Bytes of the length or of the mask that are still to come. */
    private int wanted;

    private int lengthBytes;
    private int mask;
    /** True within a message of several frames, from its first to its last. */
    private boolean fragmented;

    private boolean text;
    /** The bytes of the current message, or control frame, that came in earlier calls. */
    private byte[] held = NOTHING;

    private int heldBytes;
    /** As far as this is known to be text; what can become none ends the connection at once. */
    private int checkedBytes;

    private byte[] control = NOTHING;
    private int controlBytes;

    public FrameReader(Peer peer, int maxMessage) {
        this.peer = peer;
        this.maxMessage = maxMessage;
    }

    /** Takes the next bytes, which are changed, and tells {@code sink} what is complete. */
    public void feed(byte[] bytes, int from, int to, Sink sink) {
        int at = from;
        while (at < to && state != State.CLOSED) {
            if (state == State.PAYLOAD) {
                at = payload(bytes, at, to, sink);
            } else {
                header(bytes[at++], sink);
                if (state == State.PAYLOAD && length == 0) {
                    payload(bytes, at, at, sink);
                }
            }
        }
    }

    /** Whether the message that is being handed over is text; else it is binary. */
    public boolean isText() {
        return text;
    }

    /** The bytes kept of what is not complete. */
    public int heldBytes() {
        return heldBytes + controlBytes;
    }

    private void header(byte next, Sink sink) {
        switch (state) {
            case FIRST_BYTE -> firstByte(next, sink);
            case SECOND_BYTE -> secondByte(next, sink);
            case LENGTH -> {
                if (length > Long.MAX_VALUE >> 8) {
                    violate(FrameViolation.BAD_LENGTH, sink);
                    return;
                }
                length = (length << 8) | (next & 0xFF);
                if (--wanted == 0) {
                    lengthKnown(sink);
                }
            }
            case MASK -> {
                mask = (mask << 8) | (next & 0xFF);
                if (--wanted == 0) {
                    state = State.PAYLOAD;
                }
            }
            case PAYLOAD, CLOSED -> throw new IllegalStateException("state: " + state);
        }
    }

    private void firstByte(byte next, Sink sink) {
        fin = next < 0;
        opcode = next & 0x0F;
        boolean isControl = (opcode & CONTROL_BIT) != 0;
        if ((next & 0x70) != 0) {
            violate(FrameViolation.RESERVED_BITS, sink);
        } else if (opcode > FrameWriter.PONG || (opcode > FrameWriter.BINARY && !isControl)) {
            violate(FrameViolation.RESERVED_OPCODE, sink);
        } else if (isControl && !fin) {
            violate(FrameViolation.FRAGMENTED_CONTROL, sink);
        } else if (opcode == CONTINUATION && !fragmented) {
            violate(FrameViolation.UNEXPECTED_CONTINUATION, sink);
        } else if (!isControl && opcode != CONTINUATION && fragmented) {
            violate(FrameViolation.INTERLEAVED_MESSAGE, sink);
        } else {
            if (!isControl && opcode != CONTINUATION) {
                text = opcode == FrameWriter.TEXT;
            }
            state = State.SECOND_BYTE;
        }
    }

    private void secondByte(byte next, Sink sink) {
        masked = next < 0;
        int code = next & 0x7F;
        if (masked != (peer == Peer.CLIENT)) {
            violate(masked ? FrameViolation.MASKED : FrameViolation.UNMASKED, sink);
        } else if (isControl() && code > FrameWriter.MAX_CONTROL) {
            violate(FrameViolation.LONG_CONTROL, sink);
        } else if (code <= FrameWriter.MAX_CONTROL) {
            length = code;
            payloadBegins(sink);
        } else {
            length = 0;
            wanted = code == 126 ? 2 : 8;
            lengthBytes = wanted;
            state = State.LENGTH;
        }
    }

    private void lengthKnown(Sink sink) {
        if (length <= (lengthBytes == 2 ? FrameWriter.MAX_CONTROL : 0xFFFF)) {
            violate(FrameViolation.BAD_LENGTH, sink);
        } else {
            payloadBegins(sink);
        }
    }

    private void payloadBegins(Sink sink) {
        if (!isControl() && length > maxMessage - heldBytes) {
            violate(FrameViolation.TOO_BIG, sink);
            return;
        }
        mask = 0;
        wanted = 4;
        state = masked ? State.MASK : State.PAYLOAD;
    }

    /** Takes what is there of the payload; a whole frame ends it. */
    private int payload(byte[] b, int at, int to, Sink sink) {
        int end = (int) Math.min(to, at + length);
        if (masked) {
            mask = Mask.apply(mask, b, at, end);
        }
        length -= end - at;
        if (length == 0) {
            state = State.FIRST_BYTE;
        }
        if (isControl()) {
            controlPayload(b, at, end, sink);
        } else if (length == 0 && fin && heldBytes == 0) {
            fragmented = false;
            if (text && !Utf8.isValid(b, at, end)) {
                violate(FrameViolation.NOT_UTF8, sink);
            } else {
                sink.message(b, at, end);
            }
        } else {
            hold(b, at, end);
            fragmented = !fin;
            heldMessage(length == 0 && fin, sink);
        }
        return end;
    }

    /** Looks at what is held of a message, and hands it over when it is whole. */
    private void heldMessage(boolean whole, Sink sink) {
        if (text) {
            checkedBytes = Utf8.wholeUntil(held, checkedBytes, heldBytes);
            if (checkedBytes < 0 || (whole && checkedBytes < heldBytes)) {
                violate(FrameViolation.NOT_UTF8, sink);
                return;
            }
        }
        if (whole) {
            byte[] message = held;
            int size = heldBytes;
            held = NOTHING;
            heldBytes = 0;
            checkedBytes = 0;
            sink.message(message, 0, size);
        }
    }

    private void controlPayload(byte[] b, int from, int to, Sink sink) {
        if (length == 0 && controlBytes == 0) {
            controlFrame(b, from, to, sink);
            return;
        }
        if (control.length == 0) {
            control = new byte[FrameWriter.MAX_CONTROL];
        }
        System.arraycopy(b, from, control, controlBytes, to - from);
        controlBytes += to - from;
        if (length == 0) {
            byte[] whole = control;
            int size = controlBytes;
            control = NOTHING;
            controlBytes = 0;
            controlFrame(whole, 0, size, sink);
        }
    }

    private void controlFrame(byte[] b, int from, int to, Sink sink) {
        switch (opcode) {
            case FrameWriter.PING -> sink.ping(b, from, to);
            case FrameWriter.PONG -> sink.pong();
            default -> closeFrame(b, from, to, sink);
        }
    }

    private void closeFrame(byte[] b, int from, int to, Sink sink) {
        if (from == to) {
            stop();
            sink.close(CloseCode.NONE);
            return;
        }
        int code = to - from == 1 ? 0 : ((b[from] & 0xFF) << 8) | (b[from + 1] & 0xFF);
        if (!CloseCode.isSendable(code)) {
            violate(FrameViolation.BAD_CLOSE, sink);
        } else if (!Utf8.isValid(b, from + 2, to)) {
            violate(FrameViolation.NOT_UTF8, sink);
        } else {
            stop();
            sink.close(code);
        }
    }

    private boolean isControl() {
        return (opcode & CONTROL_BIT) != 0;
    }

    /** Copies what came of a message; the array doubles with what has really come. */
    private void hold(byte[] b, int from, int to) {
        int needed = heldBytes + to - from;
        if (needed > held.length) {
            int roomy = Math.min(Math.max(2 * held.length, FIRST_CAPACITY), maxMessage);
            held = Arrays.copyOf(held, Math.max(needed, roomy));
        }
        System.arraycopy(b, from, held, heldBytes, to - from);
        heldBytes = needed;
    }

    private void violate(FrameViolation violation, Sink sink) {
        stop();
        sink.violated(violation);
    }

    private void stop() {
        state = State.CLOSED;
        held = NOTHING;
        heldBytes = 0;
        checkedBytes = 0;
        control = NOTHING;
        controlBytes = 0;
    }
}
