package org.strowger.proxy.admin;

import java.util.Optional;
import org.strowger.discovery.Backend;
import org.strowger.health.AdminState;
import org.strowger.health.Eligibility;
import org.strowger.health.HealthState;

/**
 * A backend with its state as operators see it.
 *
 * @param eligibility what may be sent to it, ejection included
 * @param reason why the state is what it is, or empty
 * @param health all that is known of it, when it is watched
 */
public record BackendView(
        Backend backend,
        AdminState adminState,
        HealthState healthState,
        Eligibility eligibility,
        String reason,
        Optional<MemberHealth> health) {

    /** A backend that nothing watches. */
    public BackendView(
            Backend backend, AdminState adminState, HealthState healthState, Eligibility eligibility, String reason) {
        this(backend, adminState, healthState, eligibility, reason, Optional.empty());
    }

    /** A backend under watch. */
    public BackendView(Backend backend, MemberHealth health) {
        this(
                backend,
                health.state().admin(),
                health.state().health(),
                health.state().eligibility(),
                health.state().reason(),
                Optional.of(health));
    }
}
