package org.strowger.proxy.http;

import java.util.List;
import java.util.Optional;

/**
 * All that the HTTP side needs to know, as one immutable picture; an event loop reads it once per request.
 *
 * @param pools by the index that rules name; empty where a pool is not for HTTP
 */
public record HttpPicture(HttpRules rules, List<Optional<HttpPool>> pools, HttpOptions options) {

    public HttpPicture {
        pools = List.copyOf(pools);
    }
}
