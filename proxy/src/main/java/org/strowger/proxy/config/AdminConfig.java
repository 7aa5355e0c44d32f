package org.strowger.proxy.config;

import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * The address that operators and monitoring talk to, over HTTP.
 *
 * @param bind a resolved address; port 0 lets the kernel choose
 * @param token to be shown by every caller; present when {@code bind} is not loopback
 */
public record AdminConfig(InetSocketAddress bind, Optional<Secret> token) {

    public AdminConfig {
        Require.that(!bind.isUnresolved(), "bind", bind, "a resolved address");
        Require.that(
                token.isPresent() || bind.getAddress().isLoopbackAddress(), "token", "missing", "a token for " + bind);
    }
}
