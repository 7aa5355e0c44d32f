package org.strowger.proxy.control;

import java.util.OptionalLong;

/** What the data path measures of a backend, by its id. Any thread may ask. */
public interface LiveFigures {

    /** Calls given to it since the start. */
    long calls(String backendId);

    /** The time to its first answer, smoothed, in ns, or empty when nobody measures it. */
    default OptionalLong latencyNanos(String backendId) {
        return OptionalLong.empty();
    }
}
