package org.strowger.proxy.transport;

import io.netty.buffer.ByteBuf;

/**
 * How messages lie on one connection, both ways: cuts what comes into messages (RFC 3261 section 18.3, RFC 7118) and
 * keep-alives (RFC 5626 section 4.4.1), and wraps what goes. One instance per connection; keeps the part of a message
 * that has not ended yet.
 */
public interface StreamFraming {
    /** No bytes. */
    byte[] NOTHING = {};

    /**
     * Takes the next bytes. The array belongs to the caller, who wants nothing more of these bytes: they may be changed.
     * {@code sink} is called before this returns.
     */
    void feed(byte[] bytes, int from, int to, Sink sink);

    /** What a message of {@code length} bytes takes on the connection besides itself. */
    default int overhead(int length) {
        return 0;
    }

    /** Adds a message as it goes over the connection. */
    default void write(byte[] bytes, int offset, int length, ByteBuf out) {
        out.writeBytes(bytes, offset, length);
    }

    /** A copy of the message that {@link #write} put at {@code [from, to)}. */
    default byte[] read(ByteBuf written, int from, int to) {
        byte[] message = new byte[to - from];
        written.getBytes(from, message);
        return message;
    }

    /** What asks the peer for a sign of life, which comes as {@link Sink#pong()}; empty where there is no such thing. */
    default byte[] question() {
        return NOTHING;
    }

    /** What is said to the peer before the connection is ended for that reason; empty for nothing. */
    default byte[] farewell(CloseReason reason) {
        return NOTHING;
    }

    /** What a stream consists of. */
    interface Sink {

        /** One whole message, valid during the call. */
        void message(byte[] bytes, int from, int to);

        /** A double CRLF between messages. */
        void ping();

        /** A single CRLF between messages, or another sign that the peer is there. */
        void pong();

        /**
         * The stream cannot be cut from here on; nothing more is reported after it. {@code head[from, to)} is the head
         * of the message that broke it where known, else empty.
         */
        void broken(FramingFailure failure, byte[] head, int from, int to);

        /** What the framing itself answers: goes out as it is. */
        default void answer(byte[] bytes, int from, int to) {}

        /** The peer has said goodbye and sends nothing more. */
        default void ended() {}
    }
}
