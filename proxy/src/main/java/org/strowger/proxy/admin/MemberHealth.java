package org.strowger.proxy.admin;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.strowger.health.AdminState;
import org.strowger.health.Eligibility;
import org.strowger.health.HealthState;
import org.strowger.health.Transition;
import org.strowger.health.passive.EjectionState;

/**
 * What is known of a backend as a member of a pool.
 *
 * @param transitions the last ones, oldest first
 * @param probe how it is probed, if it is
 */
public record MemberHealth(State state, List<Transition> transitions, Optional<ProbeView> probe) {

    public MemberHealth {
        transitions = List.copyOf(transitions);
    }

    /**
     * The state in its parts.
     *
     * @param isInMaintenance by its own word
     * @param since when a part of it changed last
     * @param reason why, or empty
     */
    public record State(
            AdminState admin,
            HealthState health,
            EjectionState ejection,
            boolean isInMaintenance,
            Eligibility eligibility,
            Instant since,
            String reason) {}

    /**
     * The probing of a backend.
     *
     * @param sent probes so far
     * @param lastSent when the last one was sent
     * @param nextDueMillis until the next one; below 0 when it is late
     * @param lastResult {@code passed}, {@code failed} or {@code maintenance}
     * @param lastEvidence of the last one that is over
     * @param rttMicros of the last one that is over, or -1
     */
    public record ProbeView(
            long sent,
            Optional<Instant> lastSent,
            long nextDueMillis,
            String lastResult,
            String lastEvidence,
            long rttMicros) {}
}
