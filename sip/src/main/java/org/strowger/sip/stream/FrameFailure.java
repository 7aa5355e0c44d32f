package org.strowger.sip.stream;

/**
 * Why a connection can no longer be read: nobody knows where its next message begins, so it has to be closed.
 *
 * <p>A status of 0 means that no answer is owed: what came is not SIP.
 */
public enum FrameFailure {
    NONE(0, "", ""),
    NOT_SIP(0, "RFC 3261 section 7.1", "the first line is neither a request line nor a status line"),
    BAD_LINE_END(400, "RFC 3261 section 7", "the empty line after the headers does not end with CR LF"),
    HEADERS_TOO_LARGE(513, "limit", "more header bytes than allowed"),
    NO_CONTENT_LENGTH(400, "RFC 3261 section 18.3", "no Content-Length, which a connection needs"),
    BAD_CONTENT_LENGTH(400, "RFC 3261 section 20.14", "Content-Length is not one number"),
    MESSAGE_TOO_LARGE(513, "limit", "the message is longer than allowed");

    private final int status;
    private final String clause;
    private final String text;

    FrameFailure(int status, String clause, String text) {
        this.status = status;
        this.clause = clause;
        this.text = text;
    }

    /** The status to answer a request with before closing, or 0 for closing at once. */
    public int status() {
        return status;
    }

    /** The rule that was broken. */
    public String clause() {
        return clause;
    }

    /** What is wrong, for logs and reason phrases. */
    public String text() {
        return text;
    }
}
