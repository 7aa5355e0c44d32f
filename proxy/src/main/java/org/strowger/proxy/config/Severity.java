package org.strowger.proxy.config;

/** Whether a problem keeps the file from being used. */
public enum Severity {
    /** The file is rejected. */
    ERROR,
    /** The file is used; it probably does not say what its author meant. */
    WARNING
}
