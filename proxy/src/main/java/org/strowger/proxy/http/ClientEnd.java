package org.strowger.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Optional;

/** The client's end of one {@link Exchange}: a connection of HTTP/1, or one stream of HTTP/2. */
interface ClientEnd {

    /** A response of the class 1xx, which another one follows. */
    void interim(Reply reply);

    /** The head of the response. */
    void head(Reply reply);

    /** A part of its body, now owned by the callee. */
    void data(ByteBuf part);

    /** Nothing follows but these trailers. */
    void finish(HttpHeaders trailers);

    /** The response that has begun cannot be ended. */
    void abort();

    void flush();

    /** False while enough waits for the client to read it. */
    boolean isWritable();

    /** Whether more of the request's body may come. */
    void readBody(Reading reading);

    /** Both ends pass on bytes from now on; empty when that could not be. */
    Optional<Tunnel> tunnel(Reply reply, Upstream backend);

    /** Who it is. */
    Visitor visitor();

    /** Whether bytes are taken from a socket. */
    enum Reading {
        ON,
        OFF
    }
}
