package org.strowger.sip.stream;

/**
 * How much of one message a connection may make us keep.
 *
 * @param maxHeaderBytes from the first byte of a message to the empty line after its headers, included
 * @param maxMessageBytes the same with the body
 */
public record FrameLimits(int maxHeaderBytes, int maxMessageBytes) {
    public FrameLimits {
        if (maxHeaderBytes < 1) {
            throw new IllegalArgumentException("maxHeaderBytes: " + maxHeaderBytes + " (expected: > 0)");
        }
        if (maxMessageBytes < maxHeaderBytes) {
            throw new IllegalArgumentException(
                    "maxMessageBytes: " + maxMessageBytes + " (expected: >= maxHeaderBytes, " + maxHeaderBytes + ")");
        }
    }
}
