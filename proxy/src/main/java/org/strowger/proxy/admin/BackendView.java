package org.strowger.proxy.admin;

import org.strowger.discovery.Backend;
import org.strowger.health.AdminState;
import org.strowger.health.Eligibility;
import org.strowger.health.HealthState;

/**
 * A backend with its state as operators see it.
 *
 * @param eligibility what may be sent to it, ejection included
 * @param reason why the state is what it is, or empty
 */
public record BackendView(
        Backend backend, AdminState adminState, HealthState healthState, Eligibility eligibility, String reason) {}
