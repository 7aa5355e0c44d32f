package org.strowger.proxy.control;

import java.time.Duration;
import java.util.Optional;

/** What became of a {@link Command}. */
public sealed interface Outcome {

    /**
     * It is so now.
     *
     * @param before the member's state in words; {@code absent} for none
     * @param isChange false when it was so already
     */
    record Done(String pool, String backend, String before, String after, boolean isChange) implements Outcome {

        /** The same with a deadline, which is new even where all the rest was so already. */
        Done until(Optional<Duration> deadline) {
            return deadline.filter(limit -> !limit.isZero())
                    .map(limit -> new Done(pool, backend, before, after + ", deadline " + Durations.text(limit), true))
                    .orElse(this);
        }

        /** For the audit log. */
        String text() {
            return pool + " " + backend + ": " + before + " -> " + after + (isChange ? "" : " (no change)");
        }
    }

    /**
     * Nothing has changed.
     *
     * @param field of the request that is to blame
     * @param message {@code value (expected: ...)}: what was wrong and what would be right
     */
    record Refused(Reason reason, String field, String message) implements Outcome {}

    /** Why a command is refused. */
    enum Reason {
        /** There is no such pool or backend. */
        UNKNOWN,
        /** It asks for something that cannot be. */
        INVALID,
        /** It would do harm that the operator has not said he wants. */
        CONFLICT,
        /** It could not be done; trying again may help. */
        FAILED
    }
}
