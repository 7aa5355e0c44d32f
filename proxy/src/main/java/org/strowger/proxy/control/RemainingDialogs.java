package org.strowger.proxy.control;

import java.util.OptionalLong;
import org.strowger.discovery.Backend;

/** Knows how many dialogs a backend still has. */
@FunctionalInterface
public interface RemainingDialogs {
    /** Of nothing is anything known. */
    RemainingDialogs UNKNOWN = backend -> OptionalLong.empty();

    /** Dialogs now, or empty when nobody counts them. Called on the control loop; must not block. */
    OptionalLong of(Backend backend);
}
