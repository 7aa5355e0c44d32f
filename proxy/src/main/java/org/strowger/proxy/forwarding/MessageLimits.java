package org.strowger.proxy.forwarding;

/**
 * What a message may measure.
 *
 * @param maxMessageBytes start line, headers and body together
 * @param maxHeaders header lines
 */
public record MessageLimits(int maxMessageBytes, int maxHeaders) {

    public MessageLimits {
        if (maxMessageBytes < 1024) {
            throw new IllegalArgumentException("maxMessageBytes: " + maxMessageBytes + " (expected: 1024 or more)");
        }
        if (maxHeaders < 16) {
            throw new IllegalArgumentException("maxHeaders: " + maxHeaders + " (expected: 16 or more)");
        }
    }
}
