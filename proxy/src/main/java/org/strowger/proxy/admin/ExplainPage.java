package org.strowger.proxy.admin;

import java.util.Map;

/** What answers {@code POST /explain}. Called on the admin thread. */
@FunctionalInterface
public interface ExplainPage {
    /** The path of its own. */
    String PATH = "/explain";

    /**
     * Explains where a message would go: as text for people with {@code format} = {@code text}, else as JSON.
     *
     * @param message as it is or as an editor left it; empty for what comes to a relay
     * @param query {@code from}, {@code listener}, {@code sni}, {@code format}; others mean nothing
     * @throws IllegalArgumentException when it cannot; the message is for people
     */
    String explain(byte[] message, Map<String, String> query);
}
