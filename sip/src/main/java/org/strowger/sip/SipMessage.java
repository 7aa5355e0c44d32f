package org.strowger.sip;

import java.util.Arrays;
import org.strowger.threading.RunsOn;

/**
 * One SIP message as offsets into the array it was read from. Reused by its event loop: everything it hands out is
 * valid only until the next parse, and refers to {@link #bytes()}.
 *
 * <p>{@link SipParser} finds the start line and the header lines and checks what every SIP element needs; the rest is
 * decoded when first asked for.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class SipMessage {
    private static final byte[] NOTHING = new byte[0];

    private final Span methodName = new Span();
    private final Span requestUriText = new Span();
    private final Span callId = new Span();
    private final SipUri requestUri = new SipUri();
    private final SipUri fromUri = new SipUri();
    private final SipUri toUri = new SipUri();
    private final NameAddr from = new NameAddr();
    private final NameAddr to = new NameAddr();
    private final Via topVia = new Via();
    private final int[] first = new int[HeaderId.COUNT];
    private final byte[] ids;
    private final int[] lines;
    private final int[] nameEnds;
    private final int[] valueStarts;
    private final int[] valueEnds;

    private byte[] bytes = NOTHING;
    private int start;
    private int end;
    private int bodyStart;
    private int headerCount;
    private boolean request;
    private boolean topViaRead;
    private boolean topViaTried;
    private boolean requestUriTried;
    private int partiesTried;
    private Method method = Method.OTHER;
    private Method cseqMethod = Method.OTHER;
    private int statusCode;
    private long cseqNumber;
    private int maxForwards;
    private long contentLength;

    /** A message of at most {@code maxHeaders} header lines. */
    public SipMessage(int maxHeaders) {
        ids = new byte[maxHeaders];
        lines = new int[maxHeaders + 1];
        nameEnds = new int[maxHeaders];
        valueStarts = new int[maxHeaders];
        valueEnds = new int[maxHeaders];
    }

    /** The array that all offsets refer to. */
    public byte[] bytes() {
        return bytes;
    }

    /** The index of the start line's first byte. */
    public int start() {
        return start;
    }

    /** The index after the last byte of the body. */
    public int end() {
        return end;
    }

    /** The index of the first body byte, after the empty line. */
    public int bodyStart() {
        return bodyStart;
    }

    public boolean isRequest() {
        return request;
    }

    /** The request's method; {@link Method#OTHER} in a response. */
    public Method method() {
        return method;
    }

    /** The request's method as written; absent in a response. */
    public Span methodName() {
        return methodName;
    }

    /** The response's status code, 100..699; 0 in a request. */
    public int statusCode() {
        return statusCode;
    }

    /** The Request-URI as written; absent in a response. */
    public Span requestUriText() {
        return requestUriText;
    }

    /** The Request-URI, taken apart. */
    public SipUri requestUri() {
        return requestUri;
    }

    /** The number of header lines; a folded line counts once. */
    public int headerCount() {
        return headerCount;
    }

    public HeaderId headerId(int index) {
        return HeaderId.of(ids[index]);
    }

    /** The first byte of the header's line. */
    public int lineStart(int index) {
        return lines[index];
    }

    /** The index after the header's line end, all folded lines included. */
    public int lineEnd(int index) {
        return lines[index + 1];
    }

    public int nameStart(int index) {
        return lines[index];
    }

    public int nameEnd(int index) {
        return nameEnds[index];
    }

    /** The value's first byte after white space. */
    public int valueStart(int index) {
        return valueStarts[index];
    }

    /** The index after the value's last byte that is not white space. */
    public int valueEnd(int index) {
        return valueEnds[index];
    }

    /** The index of the first header of this kind, or -1. */
    public int first(HeaderId id) {
        return first[id.ordinal()];
    }

    /** The index of the next header of the same kind as that at {@code index}, or -1. */
    public int next(int index) {
        byte id = ids[index];
        for (int i = index + 1; i < headerCount; i++) {
            if (ids[i] == id) {
                return i;
            }
        }
        return -1;
    }

    /** The topmost Via. */
    public Via topVia() {
        return topVia;
    }

    /** False when the topmost Via is missing or malformed, which only an error answer has to care about. */
    public boolean isTopViaRead() {
        return topViaRead;
    }

    public Span callId() {
        return callId;
    }

    /** The From tag, or absent. */
    public Span fromTag() {
        return from.tag();
    }

    /** The To tag, or absent; its absence marks a request outside any dialog. */
    public Span toTag() {
        return to.tag();
    }

    /** The URI of From; its parts are absent when it is no SIP URI that can be read. */
    public SipUri fromUri() {
        fromUri.parse(bytes, from.uri().start, from.uri().end);
        return fromUri;
    }

    /** The URI of To; its parts are absent when it is no SIP URI that can be read. */
    public SipUri toUri() {
        toUri.parse(bytes, to.uri().start, to.uri().end);
        return toUri;
    }

    public long cseqNumber() {
        return cseqNumber;
    }

    public Method cseqMethod() {
        return cseqMethod;
    }

    /** 0..255, or -1 when the header is absent. */
    public int maxForwards() {
        return maxForwards;
    }

    /** The Content-Length, or -1 when the header is absent. */
    public long contentLength() {
        return contentLength;
    }

    /** Reads the name-addr that begins at {@code from} and ends before {@code to}, for example a Route value. */
    public boolean readNameAddr(int from, int to, NameAddr out) {
        return out.parse(bytes, from, to);
    }

    /** Reads the URI that fills a span of this message. */
    public boolean readUri(Span span, SipUri out) {
        return out.parse(bytes, span.start, span.end);
    }

    /** Moves to the Via below {@code via}. False when there is none or it cannot be read. */
    public boolean nextVia(Via via) {
        int header = via.header();
        if (via.hasNextInLine()) {
            return via.parse(bytes, via.nextStart(), valueEnds[header], header);
        }
        int below = next(header);
        return below >= 0 && via.parse(bytes, valueStarts[below], valueEnds[below], below);
    }

    /** Reads the topmost Via into {@code out}, from where {@link #nextVia} goes on. */
    public boolean firstVia(Via out) {
        int header = first(HeaderId.VIA);
        return header >= 0 && out.parse(bytes, valueStarts[header], valueEnds[header], header);
    }

    void reset(byte[] array, int from, int to) {
        bytes = array;
        start = from;
        end = to;
        bodyStart = to;
        headerCount = 0;
        request = false;
        topViaRead = false;
        method = Method.OTHER;
        cseqMethod = Method.OTHER;
        statusCode = 0;
        cseqNumber = -1;
        maxForwards = -1;
        contentLength = -1;
        methodName.clear();
        requestUriText.clear();
        callId.clear();
        requestUriTried = false;
        topViaTried = false;
        partiesTried = 0;
        Arrays.fill(first, -1);
    }

    int maxHeaders() {
        return ids.length;
    }

    /**
     * Empties what still speaks of an earlier message because this one was refused before it came to that. Not done by
     * {@link #reset}: a message that is accepted overwrites all of it.
     */
    void clearUntried() {
        if (!requestUriTried) {
            requestUri.clear();
        }
        if (!topViaTried) {
            topVia.clear();
        }
        if (partiesTried < 1) {
            from.clear();
        }
        if (partiesTried < 2) {
            to.clear();
        }
    }

    boolean readRequestUri(int uriStart, int uriEnd) {
        requestUriTried = true;
        return requestUri.parse(bytes, uriStart, uriEnd)
                && !requestUri.headers().isPresent();
    }

    /** From, and then To: one value each. */
    boolean readParty(NameAddr party, int header) {
        partiesTried++;
        return party.parse(bytes, valueStarts[header], valueEnds[header]) && party.nextStart() < 0;
    }

    boolean readTopVia() {
        topViaTried = first(HeaderId.VIA) >= 0;
        topViaRead = firstVia(topVia);
        return topViaRead;
    }

    NameAddr from() {
        return from;
    }

    NameAddr to() {
        return to;
    }

    void setRequestLine(int methodEnd, int uriStart, int uriEnd) {
        request = true;
        methodName.set(start, methodEnd);
        method = Method.of(bytes, start, methodEnd);
        requestUriText.set(uriStart, uriEnd);
    }

    void setStatus(int code) {
        statusCode = code;
    }

    void addHeader(HeaderId id, int line, int nameEnd, int valueStart, int valueEnd) {
        int index = headerCount++;
        ids[index] = (byte) id.ordinal();
        lines[index] = line;
        nameEnds[index] = nameEnd;
        valueStarts[index] = valueStart;
        valueEnds[index] = valueEnd;
        if (first[id.ordinal()] < 0) {
            first[id.ordinal()] = index;
        }
    }

    /** The empty line begins at {@code headersEnd}; the body at {@code body}. */
    void endHeaders(int headersEnd, int body) {
        lines[headerCount] = headersEnd;
        bodyStart = body;
    }

    void setEnd(int newEnd) {
        end = newEnd;
    }

    void setCseq(long number, Method name) {
        cseqNumber = number;
        cseqMethod = name;
    }

    void setMaxForwards(int value) {
        maxForwards = value;
    }

    void setContentLength(long value) {
        contentLength = value;
    }
}
