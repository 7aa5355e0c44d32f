package org.strowger.proxy;

import java.util.Optional;
import org.strowger.sip.cookie.ClusterKey;

/**
 * The keys that cookies are signed with.
 *
 * @param current signs and verifies
 * @param previous only verifies: cookies made before the last rotation
 */
public record Keys(ClusterKey current, Optional<ClusterKey> previous) {}
