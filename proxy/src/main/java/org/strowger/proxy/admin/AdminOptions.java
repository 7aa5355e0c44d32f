package org.strowger.proxy.admin;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * Settings of the admin server.
 *
 * @param bind where it listens; port 0 lets the kernel choose
 * @param token what {@code Authorization: Bearer} must carry; needed when the address is not loopback
 * @param idle a connection that is silent for so long is closed
 * @param maxConnections further ones are closed at once
 */
public record AdminOptions(InetSocketAddress bind, Optional<String> token, Duration idle, int maxConnections) {

    public AdminOptions {
        if (bind.isUnresolved()) {
            throw new IllegalArgumentException("admin.bind: " + bind + " (expected: an IP address and port)");
        }
        if (token.isEmpty() && !bind.getAddress().isLoopbackAddress()) {
            throw new IllegalArgumentException("admin.token: absent (expected: a token, because admin.bind "
                    + bind.getAddress().getHostAddress() + " is not a loopback address)");
        }
        if (token.isPresent() && token.get().isBlank()) {
            throw new IllegalArgumentException("admin.token: blank (expected: a token, or no such key)");
        }
        if (idle.isNegative() || idle.isZero()) {
            throw new IllegalArgumentException("idle: " + idle + " (expected: more than 0)");
        }
        if (maxConnections < 1) {
            throw new IllegalArgumentException("maxConnections: " + maxConnections + " (expected: 1 or more)");
        }
    }

    /** Idle connections closed after 30 s, at most 100 of them. */
    public static AdminOptions of(InetSocketAddress bind, Optional<String> token) {
        return new AdminOptions(bind, token, Duration.ofSeconds(30), 100);
    }

    /** Leaves the token out: this text may end in a log. */
    @Override
    public String toString() {
        return "AdminOptions[bind=" + bind + ", token=" + (token.isPresent() ? "set" : "none") + ", idle=" + idle
                + ", maxConnections=" + maxConnections + "]";
    }
}
