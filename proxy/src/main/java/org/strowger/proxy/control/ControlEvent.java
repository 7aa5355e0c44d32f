package org.strowger.proxy.control;

import java.time.Instant;

/**
 * Something that an operator wants to know of afterwards.
 *
 * @param kind the verb of a command, {@code reload}, {@code drain-empty} or {@code drain-deadline}
 * @param by who did it
 * @param text all the rest in words
 */
public record ControlEvent(Instant at, String kind, Caller by, String text) {}
