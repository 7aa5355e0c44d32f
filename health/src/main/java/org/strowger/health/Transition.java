package org.strowger.health;

import java.time.Instant;

/**
 * A change of a backend's state, or of a pool's, with its reason.
 *
 * @param at when
 * @param backend id of the backend, or name of the pool
 * @param what the states before and after, for example {@code up -> down}
 * @param cause in a few words, for example {@code 3 probes in a row failed}
 * @param evidence what was seen: probe sent, answer, round-trip time, codes, counts; may be empty
 */
public record Transition(Instant at, String backend, String what, String cause, String evidence) {

    /** {@code up -> down: 3 probes in a row failed (OPTIONS ...: no answer in 200ms)}. */
    public String sentence() {
        return what + ": " + cause + (evidence.isEmpty() ? "" : " (" + evidence + ")");
    }
}
