package org.strowger.sip.websocket;

/** What is wrong with the frames of a peer, and the close code that tells it so (RFC 6455 section 7.4.1). */
public enum FrameViolation {
    /** A reserved bit is set, and no extension was agreed on (section 5.2). */
    RESERVED_BITS(CloseCode.PROTOCOL_ERROR),
    /** Opcode 3 to 7 or 11 to 15 (section 5.2). */
    RESERVED_OPCODE(CloseCode.PROTOCOL_ERROR),
    /** A control frame in pieces (section 5.5). */
    FRAGMENTED_CONTROL(CloseCode.PROTOCOL_ERROR),
    /** A control frame of more than 125 bytes (section 5.5). */
    LONG_CONTROL(CloseCode.PROTOCOL_ERROR),
    /** A client's frame without a mask (section 5.1). */
    UNMASKED(CloseCode.PROTOCOL_ERROR),
    /** A server's frame with a mask (section 5.1). */
    MASKED(CloseCode.PROTOCOL_ERROR),
    /** A length in more bytes than it needs, or beyond 63 bits (section 5.2). */
    BAD_LENGTH(CloseCode.PROTOCOL_ERROR),
    /** A continuation of nothing (section 5.4). */
    UNEXPECTED_CONTINUATION(CloseCode.PROTOCOL_ERROR),
    /** A new message inside another (section 5.4). */
    INTERLEAVED_MESSAGE(CloseCode.PROTOCOL_ERROR),
    /** A close frame with one byte, or with a code that nobody may send (sections 5.5.1, 7.4). */
    BAD_CLOSE(CloseCode.PROTOCOL_ERROR),
    /** Text, or the reason in a close frame, that is not UTF-8 (section 8.1). */
    NOT_UTF8(CloseCode.NOT_UTF8),
    /** A message that is longer than is taken. */
    TOO_BIG(CloseCode.TOO_BIG),
    /** A message that begins no SIP message. */
    NOT_SIP(CloseCode.UNACCEPTABLE);

    private final int closeCode;

    FrameViolation(int closeCode) {
        this.closeCode = closeCode;
    }

    /** What the peer is told. */
    public int closeCode() {
        return closeCode;
    }
}
