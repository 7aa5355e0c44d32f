package org.strowger.health;

/** Which interval the prober takes, and how long it waits for an answer. */
public enum ProbePace {
    /** Nothing is known yet: {@code health.fast-interval}, and more time for an answer. */
    FIRST,
    /** Nothing is about to change: {@code health.interval}. */
    NORMAL,
    /** One more probe may change the state: {@code health.fast-interval}. */
    FAST,
    /** It is down: {@code health.down-interval}. */
    DOWN
}
