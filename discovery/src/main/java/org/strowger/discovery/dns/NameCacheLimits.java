package org.strowger.discovery.dns;

/**
 * How much a {@link NameCache} holds.
 *
 * @param maxNames kept; the least recently used goes first
 * @param maxLookups under way at a time
 */
public record NameCacheLimits(int maxNames, int maxLookups) {

    public NameCacheLimits {
        if (maxNames < 1) {
            throw new IllegalArgumentException("maxNames: " + maxNames + " (expected: 1 or more)");
        }
        if (maxLookups < 1) {
            throw new IllegalArgumentException("maxLookups: " + maxLookups + " (expected: 1 or more)");
        }
    }
}
