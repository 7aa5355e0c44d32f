package org.strowger.proxy.config;

/** Whether a file without a cluster key is an error. */
public enum KeyRequirement {
    REQUIRED,
    /** The caller makes a key of its own when there is none, as the demo does. */
    OPTIONAL
}
