package org.strowger.proxy.control;

import java.util.Optional;
import org.strowger.discovery.Backend;
import org.strowger.health.AdminState;

/**
 * A backend as a member of a pool, all told: what the file says, and what operators have changed since.
 *
 * @param backend with the weight in force
 * @param cause what the admin state comes from, in words: who wanted it, what happened, or the file
 * @param configured as the file has it; empty for one that was added
 * @param change why it is not as in the file, if it is not
 */
public record ManagedMember(
        Backend backend,
        AdminState admin,
        String cause,
        Optional<Backend> configured,
        Optional<MemberOverride> change) {

    String id() {
        return backend.id();
    }

    /** True when new calls may go to it as far as people are concerned. */
    public boolean takesNewCalls() {
        return admin == AdminState.READY && backend.weight() > 0;
    }

    /** Its state in words. */
    String text() {
        StringBuilder text = new StringBuilder(admin + ", weight " + backend.weight());
        if (backend.priority() != 0) {
            text.append(", priority ").append(backend.priority());
        }
        if (!backend.zone().isEmpty()) {
            text.append(", zone ").append(backend.zone());
        }
        return text + (configured.isPresent() ? "" : ", added");
    }
}
