package org.strowger.proxy.routing;

/**
 * What becomes of one message. {@link Forward} and {@link Reply} are reused by their router: valid until its next call.
 */
public sealed interface Decision permits Forward, Reply, DropReason {}
