package org.strowger.proxy.http;

/**
 * How the end of a body is found (RFC 9112 section 6.3).
 *
 * @param length of the body in bytes; meaningful for {@link Kind#LENGTH} only
 */
record BodyFraming(Kind kind, long length) implements HeadVerdict {
    static final BodyFraming NONE = new BodyFraming(Kind.NONE, 0);
    static final BodyFraming CHUNKED = new BodyFraming(Kind.CHUNKED, 0);
    static final BodyFraming UNTIL_CLOSE = new BodyFraming(Kind.UNTIL_CLOSE, 0);
    static final BodyFraming INTERIM = new BodyFraming(Kind.INTERIM, 0);
    static final BodyFraming TUNNEL = new BodyFraming(Kind.TUNNEL, 0);

    /** What ends the body. */
    enum Kind {
        /** There is no body. */
        NONE,
        LENGTH,
        CHUNKED,
        /** A response only. */
        UNTIL_CLOSE,
        /** A response that another one follows. */
        INTERIM,
        /** No more HTTP follows. */
        TUNNEL
    }

    /** A body of that many bytes. */
    static BodyFraming ofLength(long length) {
        return length == 0 ? NONE : new BodyFraming(Kind.LENGTH, length);
    }

    /** False only where it is certain that no byte follows. */
    boolean hasBody() {
        return kind == Kind.LENGTH || kind == Kind.CHUNKED || kind == Kind.UNTIL_CLOSE;
    }
}
