package org.strowger.proxy.config;

/** Whether the backends of this node's zone come first. */
public enum ZonePreference {
    /** Zones do not matter. */
    OFF,
    /** Within a tier, those of the own zone come before all others. */
    SAME_ZONE
}
