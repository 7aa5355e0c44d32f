package org.strowger.proxy.http;

import java.time.Duration;
import java.util.List;
import org.strowger.proxy.routing.Cidr;

/**
 * Settings of the HTTP side.
 *
 * @param limits of messages and connections
 * @param times how long things may take; zero: for ever
 * @param forwarded which fields tell the backend about the client
 * @param trusted whose fields of that kind are kept and added to; those of others are replaced
 * @param retries how often one request may go to another backend
 */
public record HttpOptions(Bounds limits, Times times, Forwarded forwarded, List<Cidr> trusted, int retries) {

    public HttpOptions {
        trusted = List.copyOf(trusted);
    }

    /**
     * What is not exceeded.
     *
     * @param targetLength characters of a request target
     * @param headBytes start line and header fields
     * @param fields their number
     * @param streams requests at the same time on one connection of HTTP/2
     * @param backendConnections of one event loop to one backend
     * @param idleConnections those of them that are kept open without a request
     */
    public record Bounds(
            int targetLength, int headBytes, int fields, int streams, int backendConnections, int idleConnections) {}

    /**
     * How long things may take.
     *
     * @param head of a request to arrive
     * @param keepAlive between two requests
     * @param connect to a backend
     * @param response until its head comes
     * @param idle without a byte of a body
     * @param tunnel without a byte either way
     * @param backendIdle a connection to a backend without a request
     */
    public record Times(
            Duration head,
            Duration keepAlive,
            Duration connect,
            Duration response,
            Duration idle,
            Duration tunnel,
            Duration backendIdle) {}

    /** Which fields tell the backend about the client. */
    public enum Forwarded {
        /** X-Forwarded-For, -Proto, -Host and -Port. */
        X_FORWARDED,
        /** Forwarded (RFC 7239). */
        RFC7239,
        BOTH,
        NONE;

        boolean hasX() {
            return this == X_FORWARDED || this == BOTH;
        }

        boolean hasStandard() {
            return this == RFC7239 || this == BOTH;
        }
    }

    HeadLimits headLimits() {
        return new HeadLimits(limits.targetLength(), limits.headBytes(), limits.fields());
    }
}
