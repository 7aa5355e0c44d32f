package org.strowger.proxy.config;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.strowger.discovery.Backend;
import org.strowger.discovery.Protocol;
import org.strowger.health.HealthSettings;
import org.strowger.health.MinAvailable;

/**
 * A named group of backends with one balancing policy.
 *
 * @param name unique among pools
 * @param backends in the order of the file, none of them twice; never empty
 * @param balance the policy
 * @param boundedLoad the hash policies pass over a backend that has more than this multiple of its fair share; empty: off
 * @param affinity memory of choices
 * @param path what becomes of a REGISTER that does not support Path
 * @param slowStart the time in which a backend that came up gets its full share; 0: at once
 * @param zonePreference whether the node's own zone comes first
 * @param spillOver a tier or zone of which less than this share of the weight is available gives up calls to the next;
 *     empty: only when nobody is available
 * @param limits of each backend
 * @param backendLimits of those backends that have their own, by id
 * @param callExpiry how long an answered call without a session timer counts
 * @param reportMaxAge how old a backend's report of its load may be
 * @param health how backends are probed
 * @param passive when live traffic takes a backend out
 * @param minAvailable with fewer backends that take new calls, the least bad are used too
 * @param redispatch when a request goes on to another backend
 * @param dialogs what becomes of a request in a dialog whose backend is dead
 * @param tls the section for connections to its backends over TLS; empty: the defaults of a section
 * @param sendProxyProtocol pools of relays: how backends are told the client's address
 * @param relay what relays use it for; empty: it is for SIP
 * @param stickyCookie HTTP: the cookie that leads a client to the same backend again
 */
public record PoolConfig(
        String name,
        List<Backend> backends,
        Balance balance,
        OptionalDouble boundedLoad,
        AffinityConfig affinity,
        PathPolicy path,
        Duration slowStart,
        ZonePreference zonePreference,
        OptionalDouble spillOver,
        LimitsConfig limits,
        Map<String, LimitsConfig> backendLimits,
        Duration callExpiry,
        Duration reportMaxAge,
        HealthConfig health,
        PassiveConfig passive,
        MinAvailable minAvailable,
        RedispatchConfig redispatch,
        DialogsPolicy dialogs,
        Optional<String> tls,
        SendProxyProtocol sendProxyProtocol,
        Optional<RelayTransport> relay,
        Optional<StickyCookieConfig> stickyCookie) {

    public PoolConfig {
        backends = List.copyOf(backends);
        backendLimits = Map.copyOf(backendLimits);
        Require.that(!backends.isEmpty(), "backends", "none", "at least one");
        Set<String> ids = new HashSet<>();
        for (Backend backend : backends) {
            Require.that(ids.add(backend.id()), "backends", backend.id(), "each backend once");
        }
    }

    /** True when its backends speak HTTP. */
    public boolean isHttp() {
        return backends.get(0).protocol() == Protocol.HTTP;
    }

    /** The limits of one of its backends. */
    public LimitsConfig limitsOf(Backend backend) {
        return backendLimits.getOrDefault(backend.id(), limits);
    }

    /** What the health machines of this pool go by. */
    public HealthSettings healthSettings() {
        return health.isProbed()
                ? new HealthSettings(health.rise(), health.fall(), passive.settings())
                : HealthSettings.unprobed(passive.settings());
    }
}
