package org.strowger.health;

import java.util.Optional;

/** Says whether a pool can spare a backend that stands out. */
interface EjectionGate {
    /** Lets everything through. */
    EjectionGate OPEN = (backend, failureRate, nowNanos) -> Optional.empty();

    /** Why it must stay; empty when it may be ejected. */
    Optional<String> refusal(BackendHealth backend, double failureRate, long nowNanos);
}
