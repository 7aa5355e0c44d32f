package org.strowger.sip;

import org.strowger.threading.RunsOn;

/**
 * Reads a message into a {@link SipMessage}: one pass over the bytes, no copy, no allocation, no exception.
 *
 * <p>Lenient where a proxy has no business (headers it does not read pass as they are), strict where elements could
 * disagree about where a message or a header ends, because such disagreement is how messages are smuggled.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class SipParser {
    private static final long MAX_CSEQ = 0x7FFF_FFFFL;
    private static final int MAX_FORWARDS_LIMIT = 255;
    /** {@code SIP/2.0 n} and a line feed; no request line is shorter. */
    private static final int SHORTEST_LINE = 11;
    /** The length of a line end. A line feed without CR is shorter, a CR inside a line makes it longer. */
    private static final int CRLF = 2;

    /**
     * Reads the message in {@code [from, to)}. Leading line ends are skipped (RFC 3261 section 7.5) and bytes past
     * Content-Length cut off (section 18.3). After a failure {@code out} holds what was read so far, which is what an
     * error answer is made of.
     */
    public ParseFailure parse(byte[] b, int from, int to, SipMessage out) {
        ParseFailure failure = read(b, from, to, out);
        if (failure != ParseFailure.NONE || !out.isRequest()) {
            out.clearUntried();
        }
        return failure;
    }

    private static ParseFailure read(byte[] b, int from, int to, SipMessage out) {
        int i = from;
        while (i < to && (b[i] == '\r' || b[i] == '\n')) {
            i++;
        }
        out.reset(b, i, to);
        if (i == to) {
            return ParseFailure.EMPTY;
        }
        int lineEnd = Ascii.indexOfLineEnd(b, i, to);
        int next = Ascii.afterLine(b, lineEnd, to);
        if (next < i + SHORTEST_LINE) {
            return ParseFailure.NOT_SIP;
        }
        ParseFailure failure = startLine(b, i, lineEnd, next - lineEnd == CRLF, out);
        if (failure == ParseFailure.NOT_SIP || failure == ParseFailure.BAD_STATUS_LINE) {
            return failure;
        }
        ParseFailure inHeaders = headers(b, next, to, out);
        ParseFailure inFields = fields(out);
        // Without a Via, or with a foreign version, nothing below matters.
        if (failure != ParseFailure.NONE) {
            return failure;
        }
        return inHeaders != ParseFailure.NONE ? inHeaders : inFields;
    }

    private static ParseFailure startLine(byte[] b, int from, int end, boolean crlf, SipMessage out) {
        if (isSip2(b, from, end) && b[from + 7] == ' ') {
            ParseFailure failure = statusLine(b, from + 8, end, out);
            return failure == ParseFailure.NONE && !crlf ? ParseFailure.BAD_LINE_END : failure;
        }
        return requestLine(b, from, end, crlf, out);
    }

    private static ParseFailure statusLine(byte[] b, int from, int end, SipMessage out) {
        if (from + 3 > end || (from + 3 < end && b[from + 3] != ' ')) {
            return ParseFailure.BAD_STATUS_LINE;
        }
        int code = (int) Ascii.number(b, from, from + 3, 699);
        if (code < 100) {
            return ParseFailure.BAD_STATUS_LINE;
        }
        out.setStatus(code);
        return ParseFailure.NONE;
    }

    private static ParseFailure requestLine(byte[] b, int from, int end, boolean crlf, SipMessage out) {
        int methodEnd = Ascii.skipToken(b, from, end);
        if (methodEnd == from || methodEnd >= end || b[methodEnd] != ' ') {
            return ParseFailure.NOT_SIP;
        }
        int trimmed = Ascii.trimEnd(b, from, end);
        int version = trimmed;
        while (version > methodEnd && b[version - 1] != ' ') {
            version--;
        }
        if (!Ascii.equalsIgnoreCase(b, version, Math.min(version + 4, trimmed), "sip/")) {
            return ParseFailure.NOT_SIP;
        }
        int uriStart = methodEnd + 1;
        int uriEnd = version - 1;
        out.setRequestLine(methodEnd, Math.min(uriStart, uriEnd), uriEnd);
        if (!isSip2(b, version, trimmed) || trimmed - version != 7) {
            return ParseFailure.BAD_VERSION;
        }
        boolean exact = crlf && trimmed == end && uriEnd > uriStart && b[uriStart] != ' ' && b[uriEnd - 1] != ' ';
        if (!exact) {
            return ParseFailure.BAD_REQUEST_LINE;
        }
        return out.readRequestUri(uriStart, uriEnd) ? ParseFailure.NONE : ParseFailure.BAD_REQUEST_URI;
    }

    /** The version is compared without case (RFC 3261 section 7.1). */
    private static boolean isSip2(byte[] b, int from, int end) {
        return end - from >= 7
                && (b[from] | 0x20) == 's'
                && (b[from + 1] | 0x20) == 'i'
                && (b[from + 2] | 0x20) == 'p'
                && b[from + 3] == '/'
                && b[from + 4] == '2'
                && b[from + 5] == '.'
                && b[from + 6] == '0';
    }

    private static ParseFailure headers(byte[] b, int from, int to, SipMessage out) {
        ParseFailure failure = ParseFailure.NONE;
        int max = out.maxHeaders();
        int line = from;
        while (true) {
            int lineEnd = Ascii.indexOfLineEnd(b, line, to);
            int next = Ascii.afterLine(b, lineEnd, to);
            if (next >= 0 && next - lineEnd == CRLF && lineEnd == line) {
                out.endHeaders(line, next);
                return failure;
            }
            while (next >= 0) {
                if (next - lineEnd != CRLF) {
                    failure = ParseFailure.BAD_LINE_END;
                }
                if (next == to || (b[next] != ' ' && b[next] != '\t')) {
                    break;
                }
                lineEnd = Ascii.indexOfLineEnd(b, next, to);
                next = Ascii.afterLine(b, lineEnd, to);
            }
            if (next < 0 || out.headerCount() == max) {
                out.endHeaders(line, to);
                return next < 0 ? ParseFailure.NO_BLANK_LINE : ParseFailure.TOO_MANY_HEADERS;
            }
            if (!header(b, line, next, out)) {
                failure = ParseFailure.BAD_HEADER;
            }
            line = next;
        }
    }

    /** One header with its folded lines in {@code [line, next)}; kept, even if malformed, to hold its place. */
    private static boolean header(byte[] b, int line, int next, SipMessage out) {
        int nameEnd = Ascii.skipToken(b, line, next);
        int colon = nameEnd;
        while (b[colon] == ' ' || b[colon] == '\t') {
            colon++;
        }
        if (nameEnd == line || b[colon] != ':') {
            out.addHeader(HeaderId.OTHER, line, nameEnd, nameEnd, nameEnd);
            return false;
        }
        int valueEnd = Ascii.trimEnd(b, colon + 1, next);
        int valueStart = Ascii.skipLws(b, colon + 1, valueEnd);
        out.addHeader(HeaderId.of(b, line, nameEnd), line, nameEnd, valueStart, valueEnd);
        return true;
    }

    /** The fields that RFC 3261 section 8.1.1 demands, and those that say how long the message is. */
    private static ParseFailure fields(SipMessage m) {
        if (!m.readTopVia()) {
            return m.first(HeaderId.VIA) < 0 ? ParseFailure.MISSING_VIA : ParseFailure.BAD_VIA;
        }
        ParseFailure failure = parties(m);
        if (failure == ParseFailure.NONE) {
            failure = cseq(m);
        }
        if (failure == ParseFailure.NONE) {
            failure = numbers(m);
        }
        return failure != ParseFailure.NONE ? failure : duplicates(m);
    }

    private static ParseFailure parties(SipMessage m) {
        int from = m.first(HeaderId.FROM);
        if (from < 0) {
            return ParseFailure.MISSING_FROM;
        }
        if (!m.readParty(m.from(), from)) {
            return ParseFailure.BAD_FROM;
        }
        int to = m.first(HeaderId.TO);
        if (to < 0) {
            return ParseFailure.MISSING_TO;
        }
        if (!m.readParty(m.to(), to)) {
            return ParseFailure.BAD_TO;
        }
        int callId = m.first(HeaderId.CALL_ID);
        if (callId < 0 || m.valueStart(callId) >= m.valueEnd(callId)) {
            return ParseFailure.MISSING_CALL_ID;
        }
        m.callId().set(m.valueStart(callId), m.valueEnd(callId));
        return ParseFailure.NONE;
    }

    private static ParseFailure cseq(SipMessage m) {
        int cseq = m.first(HeaderId.CSEQ);
        if (cseq < 0) {
            return ParseFailure.MISSING_CSEQ;
        }
        byte[] b = m.bytes();
        int end = m.valueEnd(cseq);
        int digits = m.valueStart(cseq);
        int i = digits;
        while (i < end && Ascii.isDigit(b[i])) {
            i++;
        }
        long number = Ascii.number(b, digits, i, MAX_CSEQ);
        int name = Ascii.skipLws(b, i, end);
        if (number < 0 || name == i || name == end || Ascii.skipToken(b, name, end) != end) {
            return ParseFailure.BAD_CSEQ;
        }
        m.setCseq(number, Method.of(b, name, end));
        if (m.isRequest() && !sameBytes(b, name, end, m.methodName())) {
            return ParseFailure.CSEQ_METHOD_MISMATCH;
        }
        return ParseFailure.NONE;
    }

    private static boolean sameBytes(byte[] b, int from, int to, Span other) {
        if (to - from != other.length()) {
            return false;
        }
        for (int i = 0; i < to - from; i++) {
            if (b[from + i] != b[other.start + i]) {
                return false;
            }
        }
        return true;
    }

    private static ParseFailure numbers(SipMessage m) {
        byte[] b = m.bytes();
        int maxForwards = m.first(HeaderId.MAX_FORWARDS);
        if (maxForwards >= 0) {
            int value = (int) Ascii.number(b, m.valueStart(maxForwards), m.valueEnd(maxForwards), MAX_FORWARDS_LIMIT);
            if (value < 0 && m.isRequest()) {
                return ParseFailure.BAD_MAX_FORWARDS;
            }
            m.setMaxForwards(value);
        }
        for (int i = m.first(HeaderId.CONTENT_LENGTH); i >= 0; i = m.next(i)) {
            long length = Ascii.number(b, m.valueStart(i), m.valueEnd(i), Integer.MAX_VALUE);
            if (length < 0 || (m.contentLength() >= 0 && m.contentLength() != length)) {
                return ParseFailure.BAD_CONTENT_LENGTH;
            }
            m.setContentLength(length);
        }
        if (m.contentLength() > m.end() - m.bodyStart()) {
            return ParseFailure.BODY_TOO_SHORT;
        }
        if (m.contentLength() >= 0) {
            m.setEnd(m.bodyStart() + (int) m.contentLength());
        }
        return ParseFailure.NONE;
    }

    /** A second value of a header that routing relies on could be the one the next element believes. */
    private static ParseFailure duplicates(SipMessage m) {
        boolean twice = again(m, HeaderId.FROM)
                || again(m, HeaderId.TO)
                || again(m, HeaderId.CALL_ID)
                || again(m, HeaderId.CSEQ)
                || again(m, HeaderId.MAX_FORWARDS);
        return twice ? ParseFailure.DUPLICATE_HEADER : ParseFailure.NONE;
    }

    private static boolean again(SipMessage m, HeaderId id) {
        int index = m.first(id);
        return index >= 0 && m.next(index) >= 0;
    }
}
