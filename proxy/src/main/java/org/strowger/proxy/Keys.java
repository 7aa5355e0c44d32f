package org.strowger.proxy;

import java.util.Optional;
import org.strowger.proxy.config.StrowgerConfig;
import org.strowger.sip.cookie.ClusterKey;

/**
 * The keys that cookies are signed with.
 *
 * @param current signs and verifies
 * @param previous only verifies: cookies made before the last rotation
 */
public record Keys(ClusterKey current, Optional<ClusterKey> previous) {

    /** The configured ones; there is a current one unless the loader was told that there need not be. */
    static Keys of(StrowgerConfig config) {
        ClusterKey current = ClusterKey.of(config.clusterKey().orElseThrow().bytes());
        return new Keys(current, config.previousClusterKey().map(key -> ClusterKey.of(key.bytes())));
    }

    /** The configured ones, or one that no cookie was signed with. */
    static Keys orNone(StrowgerConfig config) {
        return config.clusterKey().isPresent()
                ? of(config)
                : new Keys(ClusterKey.of(new byte[ClusterKey.LENGTH]), Optional.empty());
    }
}
