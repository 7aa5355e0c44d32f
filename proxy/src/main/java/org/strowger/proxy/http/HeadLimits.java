package org.strowger.proxy.http;

/**
 * What the head of a message may measure.
 *
 * @param target characters of the request target
 * @param bytes start line and header fields together, and the same again for trailers
 * @param fields their number
 */
record HeadLimits(int target, int bytes, int fields) {}
