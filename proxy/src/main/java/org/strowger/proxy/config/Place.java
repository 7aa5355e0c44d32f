package org.strowger.proxy.config;

/**
 * Where something was written.
 *
 * @param file as the operator knows it
 * @param line 1 or more
 */
record Place(String file, int line) {}
