package org.strowger.proxy.tls;

import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How a handshake ended; each value is one label of the counter of handshakes. */
public enum HandshakeResult {
    /** Keys were agreed upon with certificates. */
    FULL,
    /** An earlier session was taken up. */
    RESUMED,
    /** Refused before it began, by the limit of handshakes per second. */
    LIMITED,
    /** Not ended in time. */
    TIMEOUT,
    /** The peer closed the connection, or it broke. */
    CLOSED,
    /** What came is not TLS. */
    NOT_TLS,
    /** No version or cipher suite in common. */
    NO_COMMON_CHOICE,
    /** A certificate was required and none came. */
    NO_CERTIFICATE,
    /** The peer's certificate is not trusted, expired, or not made for this. */
    BAD_CERTIFICATE,
    /** The peer's certificate is good, but names somebody else (RFC 5922). */
    WRONG_NAME,
    /** The peer refused, for reasons of its own. */
    REFUSED_BY_PEER,
    /** Anything else. */
    OTHER;

    /** How deep causes are looked at. */
    private static final int MAX_CAUSES = 8;

    /** The label value: {@code not-tls}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What a handshake failed of. */
    static HandshakeResult of(Throwable failure) {
        HandshakeResult found = OTHER;
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
            HandshakeResult here = ofOne(cause);
            // The innermost that says something says it best.
            found = here == OTHER ? found : here;
            cause = cause.getCause();
        }
        return found;
    }

    private static HandshakeResult ofOne(Throwable cause) {
        if (cause instanceof WrongNameException) {
            return WRONG_NAME;
        }
        if (cause instanceof CertificateException) {
            return BAD_CERTIFICATE;
        }
        if (cause instanceof NotSslRecordException) {
            return NOT_TLS;
        }
        if (cause instanceof SslHandshakeTimeoutException) {
            return TIMEOUT;
        }
        if (cause instanceof ClosedChannelException) {
            return CLOSED;
        }
        return cause instanceof DecoderException ? OTHER : ofMessage(cause.getMessage());
    }

    /** Both providers tell kinds of failures apart by words only. */
    private static HandshakeResult ofMessage(@Nullable String message) {
        String text = message == null ? "" : message.toLowerCase(Locale.ROOT).replace('_', ' ');
        if (text.contains("peer did not return a certificate")
                || text.contains("empty client certificate")
                || text.contains("bad certificate: null cert")) {
            return NO_CERTIFICATE;
        }
        if (text.contains("certificate verify failed")
                || text.contains("certificate path")
                || text.contains("path building")) {
            return BAD_CERTIFICATE;
        }
        if (text.contains("alert") && !text.contains("internal error")) {
            return REFUSED_BY_PEER;
        }
        if (text.contains("no shared cipher")
                || text.contains("no cipher suites in common")
                || text.contains("unsupported protocol")
                || text.contains("wrong version")
                || text.contains("no appropriate protocol")
                || text.contains("client requested protocol")) {
            return NO_COMMON_CHOICE;
        }
        if (text.contains("connection reset") || text.contains("closed")) {
            return CLOSED;
        }
        return OTHER;
    }
}
