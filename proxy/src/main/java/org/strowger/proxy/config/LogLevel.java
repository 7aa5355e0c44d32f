package org.strowger.proxy.config;

/** The least severity that is logged. */
public enum LogLevel {
    ERROR,
    WARN,
    INFO,
    DEBUG
}
