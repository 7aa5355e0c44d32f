package org.strowger.proxy.config;

/**
 * What a message may measure.
 *
 * @param maxMessageBytes start line, headers and body together
 * @param maxHeaders header lines
 */
public record ProtectionConfig(int maxMessageBytes, int maxHeaders) {

    public ProtectionConfig {
        Require.range("maxMessageBytes", maxMessageBytes, 1024, Integer.MAX_VALUE);
        Require.range("maxHeaders", maxHeaders, 16, Integer.MAX_VALUE);
    }
}
