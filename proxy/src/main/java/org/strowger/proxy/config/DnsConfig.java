package org.strowger.proxy.config;

import java.time.Duration;

/**
 * How names are looked up (RFC 3263).
 *
 * @param servers who is asked
 * @param timeout of one question to one server
 */
public record DnsConfig(DnsServers servers, Duration timeout) {

    public DnsConfig {
        Require.that(timeout.toNanos() > 0, "timeout", timeout, "more than 0");
    }
}
