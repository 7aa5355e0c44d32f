package org.strowger.proxy.http;

import java.util.Optional;
import org.strowger.proxy.routing.Pool;

/**
 * A pool of HTTP backends.
 *
 * @param pool its members and their picker
 * @param stickyCookie the name of the cookie that leads a client to the same backend again
 */
public record HttpPool(Pool pool, Optional<String> stickyCookie) {}
