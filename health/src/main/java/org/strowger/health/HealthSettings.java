package org.strowger.health;

import org.strowger.health.passive.PassiveSettings;

/**
 * When a backend's state changes.
 *
 * @param rise good probes in a row until a backend that is down is up; 0: it is not probed, is never up or down, and being
 *     unreachable ejects it
 * @param fall bad probes in a row until it is down; 0 exactly when rise is
 */
public record HealthSettings(int rise, int fall, PassiveSettings passive) {

    public HealthSettings {
        if (rise < 0 || fall < 0 || (rise == 0) != (fall == 0)) {
            throw new IllegalArgumentException(
                    "rise, fall: " + rise + ", " + fall + " (expected: both 0, or both 1 or more)");
        }
    }

    /** What reference.conf says. */
    public static HealthSettings standard() {
        return new HealthSettings(2, 3, PassiveSettings.standard());
    }

    /** Without active probes. */
    public static HealthSettings unprobed(PassiveSettings passive) {
        return new HealthSettings(0, 0, passive);
    }

    public boolean isProbed() {
        return rise > 0;
    }
}
