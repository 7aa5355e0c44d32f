package org.strowger.proxy.transport;

/** Why a byte stream can no longer be cut into messages, and the status to answer a request with before it is closed. */
public enum FramingFailure {
    /** The head of a message is longer than allowed. */
    HEAD_TOO_LONG(513, "Message Head Too Large"),
    /** Head and body together are longer than allowed (RFC 3261 section 21.5.7). */
    MESSAGE_TOO_LONG(513, "Message Too Large"),
    /** The empty line behind a head is not CR LF. */
    BAD_LINE_END(400, "Bad Line End"),
    /** A head without Content-Length (RFC 3261 section 18.3). */
    NO_CONTENT_LENGTH(400, "Content-Length Missing"),
    /** A Content-Length that is not one number, or several that differ. */
    BAD_CONTENT_LENGTH(400, "Bad Content-Length"),
    /** A WebSocket frame against RFC 6455, or one that holds what we do not take; the peer is told by a close code. */
    BAD_FRAME(0, "Bad Frame"),
    /** Bytes that begin no SIP message: nobody to answer. */
    NOT_SIP(0, "Not SIP");

    private final int status;
    private final String text;

    FramingFailure(int status, String text) {
        this.status = status;
        this.text = text;
    }

    /** The status of the answer, or 0 for none. */
    public int status() {
        return status;
    }

    /** What is wrong, as a reason phrase. */
    public String text() {
        return text;
    }
}
