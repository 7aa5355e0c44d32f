package org.strowger.health;

/** What the machines say about a backend. */
public enum HealthState {
    /** Not yet probed: used, so that a start does not begin with an outage. */
    UNKNOWN,
    UP,
    DOWN
}
