package org.strowger.sip.stream;

import java.util.Arrays;
import org.strowger.sip.LineFeeds;
import org.strowger.threading.RunsOn;

/**
 * Cuts the bytes of one connection into messages by their Content-Length (RFC 3261 sections 7.5 and 18.3) and notices
 * the CR LF keep-alive between them (RFC 5626 section 4.4.1).
 *
 * <p>A message that lies whole in what is fed is handed over where it lies. Of one that does not, the part that came is
 * copied and kept: never more than one message, never more than {@link FrameLimits}, and nothing between messages. Each
 * byte is looked at once, however small the pieces are.
 *
 * <p>Strict where two elements could disagree about the end of a message: the empty line is CR LF, and Content-Length is
 * there, a number and unambiguous. Header lines that end with a bare LF pass here; the parser refuses them.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class SipFramer {
    private static final byte[] NOTHING = {};
    private static final int FIRST_CAPACITY = 1024;

    /** What is found on a connection. The bytes are only lent: copy what has to outlive the call. */
    public interface Sink {
        /** A whole message in {@code [from, to)}; may call {@link #close()}. */
        void message(byte[] bytes, int from, int to);

        /** A double CR LF, to be answered with CR LF. */
        void ping();

        /** A single CR LF: the answer to our ping, or the first half of the other side's. */
        void pong();

        /**
         * The connection is to be closed: nothing after this can be read. What was read of the message's head is in
         * {@code [from, to)}, whole for NO_CONTENT_LENGTH, BAD_CONTENT_LENGTH and MESSAGE_TOO_LARGE and empty for
         * NOT_SIP, so that the request can be answered.
         */
        void broken(FrameFailure why, byte[] bytes, int from, int to);
    }

    /** What the next byte belongs to. */
    private enum State {
        BETWEEN_MESSAGES,
        FIRST_LINE,
        HEADERS,
        BODY,
        CLOSED
    }

    private final FrameLimits limits;
    private final FirstLine firstLine = new FirstLine();
    private State state = State.BETWEEN_MESSAGES;
    private FrameFailure failure = FrameFailure.NONE;
    /** The bytes of the current message that came in earlier calls. */
    private byte[] held = NOTHING;

    private int heldBytes;
    /** Where the bytes begin, in what is fed now, that belong to the current message and are not held. */
    private int pending;
    /** The bytes seen of the current header line. */
    private int lineBytes;
    /** True when the byte before the next one, in the same line, is a CR. */
    private boolean afterCr;
    /** True after an odd number of CR LF between messages. */
    private boolean halfPing;
    /** The length of the current message; known in state BODY. */
    private int messageBytes;

    public SipFramer(FrameLimits limits) {
        this.limits = limits;
    }

    /**
     * Takes the next bytes of the connection and tells {@code sink} what is complete. Returns why the connection is
     * broken, also when it was before; then the bytes are ignored.
     */
    public FrameFailure feed(byte[] bytes, int from, int to, Sink sink) {
        pending = from;
        int at = from;
        while (at < to && state != State.CLOSED) {
            at = switch (state) {
                case BETWEEN_MESSAGES -> between(bytes, at, sink);
                case FIRST_LINE, HEADERS -> line(bytes, at, to, sink);
                case BODY -> body(bytes, to, sink);
                case CLOSED -> to;
            };
        }
        if (state == State.FIRST_LINE || state == State.HEADERS) {
            hold(bytes, to, limits.maxHeaderBytes());
        }
        return failure;
    }

    /** Ignores everything from now on and keeps nothing. */
    public void close() {
        state = State.CLOSED;
        held = NOTHING;
        heldBytes = 0;
    }

    /** The bytes kept of a message that is not complete; 0 between messages. */
    public int heldBytes() {
        return heldBytes;
    }

    private int between(byte[] bytes, int at, Sink sink) {
        byte next = bytes[at];
        if (next == '\n') {
            boolean crlf = afterCr;
            afterCr = false;
            if (crlf) {
                halfPing = !halfPing;
                if (halfPing) {
                    sink.pong();
                } else {
                    sink.ping();
                }
            }
            return at + 1;
        }
        if (afterCr) {
            return broken(FrameFailure.NOT_SIP, bytes, at, at, sink);
        }
        if (next == '\r') {
            afterCr = true;
            return at + 1;
        }
        state = State.FIRST_LINE;
        firstLine.reset();
        halfPing = false;
        lineBytes = 0;
        pending = at;
        return at;
    }

    /** Takes one line of the head, or the part of it that is there. */
    private int line(byte[] bytes, int at, int to, Sink sink) {
        int limit = Math.min(to, pending + limits.maxHeaderBytes() - heldBytes);
        int lineFeed = LineFeeds.next(bytes, at, limit);
        int end = Math.min(lineFeed + 1, limit);
        if (state == State.FIRST_LINE && !firstLine.accept(bytes, at, end)) {
            return broken(FrameFailure.NOT_SIP, bytes, pending, pending, sink);
        }
        if (lineFeed == limit) {
            if (limit < to) {
                return broken(FrameFailure.HEADERS_TOO_LARGE, bytes, pending, limit, sink);
            }
            lineBytes += end - at;
            afterCr = bytes[end - 1] == '\r';
            return end;
        }
        boolean crlf = lineFeed > at ? bytes[lineFeed - 1] == '\r' : afterCr;
        boolean empty = lineBytes + lineFeed - at == (crlf ? 1 : 0);
        lineBytes = 0;
        afterCr = false;
        if (empty) {
            return crlf
                    ? endOfHead(bytes, end, to, sink)
                    : broken(FrameFailure.BAD_LINE_END, bytes, pending, end, sink);
        }
        if (state == State.FIRST_LINE && !firstLine.isComplete()) {
            return broken(FrameFailure.NOT_SIP, bytes, pending, pending, sink);
        }
        state = State.HEADERS;
        return end;
    }

    private int endOfHead(byte[] bytes, int end, int to, Sink sink) {
        int head = heldBytes + end - pending;
        int length;
        if (heldBytes == 0) {
            length = ContentLength.of(bytes, pending, end);
        } else {
            hold(bytes, end, limits.maxHeaderBytes());
            length = ContentLength.of(held, 0, heldBytes);
        }
        if (length < 0) {
            FrameFailure why =
                    length == ContentLength.ABSENT ? FrameFailure.NO_CONTENT_LENGTH : FrameFailure.BAD_CONTENT_LENGTH;
            return broken(why, bytes, pending, end, sink);
        }
        if (length > limits.maxMessageBytes() - head) {
            return broken(FrameFailure.MESSAGE_TOO_LARGE, bytes, pending, end, sink);
        }
        messageBytes = head + length;
        state = State.BODY;
        return body(bytes, to, sink);
    }

    /** Hands the message over if all of it is in {@code [.., to)} or held; else holds what is there. */
    private int body(byte[] bytes, int to, Sink sink) {
        int end = Math.min(to, pending + messageBytes - heldBytes);
        if (heldBytes == 0 && end - pending == messageBytes) {
            int start = pending;
            state = State.BETWEEN_MESSAGES;
            sink.message(bytes, start, end);
            return end;
        }
        hold(bytes, end, messageBytes);
        if (heldBytes == messageBytes) {
            byte[] whole = held;
            state = State.BETWEEN_MESSAGES;
            held = NOTHING;
            heldBytes = 0;
            sink.message(whole, 0, messageBytes);
        }
        return end;
    }

    private int broken(FrameFailure why, byte[] bytes, int from, int to, Sink sink) {
        failure = why;
        if (heldBytes > 0 && why != FrameFailure.NOT_SIP) {
            hold(bytes, to, limits.maxHeaderBytes());
            byte[] head = held;
            int headBytes = heldBytes;
            close();
            sink.broken(why, head, 0, headBytes);
        } else {
            close();
            sink.broken(why, bytes, from, to);
        }
        return to;
    }

    /** Copies {@code [pending, to)}; the array doubles with what has really come, up to {@code max} bytes in all. */
    private void hold(byte[] bytes, int to, int max) {
        int count = to - pending;
        int needed = heldBytes + count;
        if (needed > held.length) {
            int roomy = Math.max(2 * held.length, FIRST_CAPACITY);
            held = Arrays.copyOf(held, Math.max(needed, Math.min(roomy, max)));
        }
        System.arraycopy(bytes, pending, held, heldBytes, count);
        heldBytes = needed;
        pending = to;
    }
}
