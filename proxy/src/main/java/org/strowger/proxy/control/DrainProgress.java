package org.strowger.proxy.control;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How far a drain has come.
 *
 * @param since how long it has been going on
 * @param remaining dialogs that the backend still has, or empty when nobody counts them
 * @param eta until the last of them has probably ended; empty when nothing can be said
 * @param untilDeadline until it is taken out altogether; empty when there is no deadline
 */
public record DrainProgress(
        Duration since, OptionalLong remaining, Optional<Duration> eta, Optional<Duration> untilDeadline) {}
