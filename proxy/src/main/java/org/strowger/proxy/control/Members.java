package org.strowger.proxy.control;

import org.strowger.discovery.Backend;
import org.strowger.proxy.config.BackendAddress;

/** Members of pools as operators name them. */
public final class Members {

    private Members() {}

    /**
     * A member to be added.
     *
     * @throws IllegalArgumentException {@code field: value (expected: ...)} for the first that is wrong
     */
    public static Backend of(String address, int weight, int priority, String zone) {
        Backend bare = BackendAddress.parse(address);
        if (priority < 0 || priority > 100) {
            throw new IllegalArgumentException("priority: " + priority + " (expected: 0..100)");
        }
        if (zone.length() > 64 || zone.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("zone: too long (expected: a name of at most 64 letters, or empty)");
        }
        return bare.with(weight, priority, zone);
    }

    /** The id of the backend that is named; the text as it is when it is no address, so that nobody is found by it. */
    public static String id(String text) {
        try {
            return BackendAddress.parse(text).id();
        } catch (IllegalArgumentException e) {
            return text;
        }
    }
}
