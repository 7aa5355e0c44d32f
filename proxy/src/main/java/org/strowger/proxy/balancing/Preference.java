package org.strowger.proxy.balancing;

/**
 * Which members of a pool come before others.
 *
 * @param zone our own zone: within a tier, its members come first; empty: zones do not matter
 * @param spillOver a tier or zone of which less than this share of the weight is available gives up calls to the next
 *     one, in proportion; 0: the next one has calls only when nobody is available
 */
public record Preference(String zone, double spillOver) {
    /** By priority alone. */
    public static final Preference NONE = new Preference("", 0);

    public Preference {
        if (!(spillOver >= 0 && spillOver <= 1)) {
            throw new IllegalArgumentException("spillOver: " + spillOver + " (expected: 0..1)");
        }
    }
}
