package org.strowger.proxy.http;

import io.netty.handler.codec.http.HttpHeaders;

/**
 * The head of what a client is answered, but for what its version adds.
 *
 * @param fields without those of the framing
 * @param length of the body, or -1 when it is not known; that of a response to HEAD says what GET would bring
 * @param body whether one follows
 */
record Reply(int status, String reason, HttpHeaders fields, long length, Body body) {

    /** Whether a body follows a head. */
    enum Body {
        FOLLOWS,
        /** HEAD, 204, 304. */
        NONE
    }
}
