package org.strowger.proxy.http;

import io.netty.handler.codec.http.HttpHeaders;

/**
 * The head of a backend's response, checked.
 *
 * @param status 100..599
 * @param reason may be empty
 * @param fields without those of the framing
 * @param framing of its body
 * @param length what its Content-Length says, or -1; a response to HEAD says one too
 * @param isLast true when the connection carries no further one
 */
record ResponseHead(int status, String reason, HttpHeaders fields, BodyFraming framing, long length, boolean isLast) {}
