package org.strowger.e2e;

import java.time.Duration;

/**
 * How one call of a {@link Caller} goes.
 *
 * @param hold from the answer to the end
 * @param ending what the caller does then, or instead
 */
record CallPlan(Duration hold, Ending ending) {

    /** How a call ends. */
    enum Ending {
        /** BYE, and its 200 is awaited. */
        BYE,
        /** The caller is gone after the answer: its BYE never comes. */
        LOST_BYE,
        /** The caller is gone while it rings: neither CANCEL nor ACK nor BYE comes. */
        GONE,
        /** CANCEL while it rings. */
        CANCEL
    }

    CallPlan {
        if (hold.isNegative()) {
            throw new IllegalArgumentException("hold: " + hold + " (expected: not negative)");
        }
    }

    static CallPlan talk(Duration hold) {
        return new CallPlan(hold, Ending.BYE);
    }
}
