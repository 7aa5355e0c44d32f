package org.strowger.proxy.config;

/** The form of a log line. */
public enum LogFormat {
    TEXT,
    JSON
}
