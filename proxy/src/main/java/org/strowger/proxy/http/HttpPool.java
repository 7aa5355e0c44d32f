package org.strowger.proxy.http;

import java.util.List;
import java.util.Optional;
import org.strowger.proxy.metrics.LatencyBuckets;
import org.strowger.proxy.routing.Pool;

/**
 * A pool of HTTP backends.
 *
 * @param pool its members and their picker
 * @param stickyCookie the cookie that leads a client to the same backend again
 * @param latency by event loop: how long its backends take to answer
 */
public record HttpPool(Pool pool, Optional<Sticky> stickyCookie, List<LatencyBuckets> latency) {

    public HttpPool {
        latency = List.copyOf(latency);
    }
}
