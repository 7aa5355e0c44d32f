package org.strowger.proxy.transport;

/**
 * Cuts the byte stream of one connection into messages (RFC 3261 section 18.3) and keep-alives (RFC 5626 section
 * 4.4.1). One instance per connection; keeps the part of a message that has not ended yet.
 */
public interface StreamFraming {

    /** Takes the next bytes. The array belongs to the caller; {@code sink} is called before this returns. */
    void feed(byte[] bytes, int from, int to, Sink sink);

    /** What a stream consists of. */
    interface Sink {

        /** One whole message, valid during the call. */
        void message(byte[] bytes, int from, int to);

        /** A double CRLF between messages. */
        void ping();

        /** A single CRLF between messages. */
        void pong();

        /**
         * The stream cannot be cut from here on; nothing more is reported after it. {@code head[from, to)} is the head
         * of the message that broke it where known, else empty.
         */
        void broken(FramingFailure failure, byte[] head, int from, int to);
    }
}
