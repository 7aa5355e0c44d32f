package org.strowger.proxy.transport;

/** Why a byte stream can no longer be cut into messages. */
public enum FramingFailure {
    /** The head of a message is longer than allowed. */
    HEAD_TOO_LONG("Message Head Too Long"),
    /** Head and body together are longer than allowed. */
    MESSAGE_TOO_LONG("Message Too Long"),
    /** The empty line behind a head is not CR LF. */
    BAD_LINE_END("Bad Line End"),
    /** A head without Content-Length (RFC 3261 section 18.3). */
    NO_CONTENT_LENGTH("Content-Length Missing"),
    /** A Content-Length that is not one number, or several that differ. */
    BAD_CONTENT_LENGTH("Bad Content-Length"),
    /** Bytes that begin no SIP message. */
    NOT_SIP("Not SIP");

    private final String text;

    FramingFailure(String text) {
        this.text = text;
    }

    /** What is wrong, as a reason phrase. */
    public String text() {
        return text;
    }
}
