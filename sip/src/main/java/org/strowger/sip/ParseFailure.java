package org.strowger.sip;

/**
 * Why a message was refused, with the clause that says so and the status to answer a request with.
 *
 * <p>A status of 0 means that no answer is owed: the bytes are not a SIP request, or nothing in them says where an
 * answer should go.
 */
public enum ParseFailure {
    NONE(0, "", ""),
    EMPTY(0, "", "nothing but line ends"),
    NOT_SIP(0, "RFC 3261 section 7.1", "the first line is neither a request line nor a status line"),
    BAD_REQUEST_LINE(400, "RFC 3261 section 7.1", "the request line is not: method SP URI SP version"),
    BAD_VERSION(505, "RFC 3261 section 7.1", "the version is not SIP/2.0"),
    BAD_STATUS_LINE(0, "RFC 3261 section 7.2", "the status code is not 100..699"),
    BAD_LINE_END(400, "RFC 3261 section 7", "a line does not end with CR LF, or has a CR inside"),
    BAD_HEADER(400, "RFC 3261 section 7.3.1", "a header line is not: name, colon, value"),
    TOO_MANY_HEADERS(400, "limit", "more header lines than protection.max-headers"),
    NO_BLANK_LINE(400, "RFC 3261 section 7", "the empty line after the headers is missing"),
    DUPLICATE_HEADER(400, "RFC 3261 section 7.3.1", "a header that may appear once appears twice"),
    MISSING_VIA(0, "RFC 3261 section 8.1.1", "no Via"),
    BAD_VIA(400, "RFC 3261 section 20.42", "the top Via cannot be read"),
    MISSING_FROM(400, "RFC 3261 section 8.1.1", "no From"),
    BAD_FROM(400, "RFC 3261 section 20.20", "From cannot be read"),
    MISSING_TO(400, "RFC 3261 section 8.1.1", "no To"),
    BAD_TO(400, "RFC 3261 section 20.39", "To cannot be read"),
    MISSING_CALL_ID(400, "RFC 3261 section 8.1.1", "no Call-ID"),
    MISSING_CSEQ(400, "RFC 3261 section 8.1.1", "no CSeq"),
    BAD_CSEQ(400, "RFC 3261 section 8.1.1.5", "CSeq is not a number below 2**31 and a method"),
    CSEQ_METHOD_MISMATCH(400, "RFC 3261 section 8.1.1.5", "the method of CSeq is not that of the request"),
    BAD_MAX_FORWARDS(400, "RFC 3261 section 20.22", "Max-Forwards is not 0..255"),
    BAD_CONTENT_LENGTH(400, "RFC 3261 section 20.14", "Content-Length is not a number"),
    BODY_TOO_SHORT(400, "RFC 3261 section 18.3", "the datagram ends before Content-Length bytes of body"),
    BAD_REQUEST_URI(400, "RFC 3261 section 19.1", "the Request-URI cannot be read or has headers");

    private final int status;
    private final String clause;
    private final String text;

    ParseFailure(int status, String clause, String text) {
        this.status = status;
        this.clause = clause;
        this.text = text;
    }

    /** The status to answer a request with, or 0 when it is dropped. */
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
