package org.strowger.proxy.config;

/**
 * What is logged, and how.
 *
 * @param level the least severity
 * @param format of a line
 */
public record LoggingConfig(LogLevel level, LogFormat format) {}
