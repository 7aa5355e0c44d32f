package org.strowger.proxy.balancing;

import io.netty.util.concurrent.Ticker;

/** What all pools' pickers share: loads, the register of calls, the clock and a number that nobody outside knows. */
public record Measurements(BackendLoads loads, CallRegister calls, Ticker ticker, long salt) {}
