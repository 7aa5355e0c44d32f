package org.strowger.proxy.demo;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * What a {@link DemoCaller} does.
 *
 * @param target the SIP address that everything is sent to, over UDP
 * @param callsPerSecond new calls a second, evenly spread
 * @param talk time between the answer and the BYE
 * @param holdEvery each such call is put on hold half-way; 0 for none
 * @param others REGISTER and OPTIONS requests a second, of each
 * @param maxCalls calls placed before it stops by itself; 0 for no end
 */
public record CallerOptions(
        InetSocketAddress target, int callsPerSecond, Duration talk, int holdEvery, int others, long maxCalls) {

    public CallerOptions {
        if (target.isUnresolved()) {
            throw new IllegalArgumentException("target: " + target + " (expected: a resolved address)");
        }
        if (callsPerSecond < 1 || callsPerSecond > 10_000) {
            throw new IllegalArgumentException("callsPerSecond: " + callsPerSecond + " (expected: 1..10000)");
        }
        if (talk.isNegative()) {
            throw new IllegalArgumentException("talk: " + talk + " (expected: 0 or more)");
        }
        if (holdEvery < 0 || others < 0 || maxCalls < 0) {
            throw new IllegalArgumentException("holdEvery, others, maxCalls: " + holdEvery + ", " + others + ", "
                    + maxCalls + " (expected: 0 or more)");
        }
    }
}
