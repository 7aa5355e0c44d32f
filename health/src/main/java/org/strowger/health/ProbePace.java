package org.strowger.health;

/** Which interval the prober takes. */
public enum ProbePace {
    /** Nothing is about to change: {@code health.interval}. */
    NORMAL,
    /** One more probe may change the state: {@code health.fast-interval}. */
    FAST,
    /** It is down: {@code health.down-interval}. */
    DOWN
}
