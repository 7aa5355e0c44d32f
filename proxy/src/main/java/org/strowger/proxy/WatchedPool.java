package org.strowger.proxy;

import java.util.List;
import java.util.Optional;
import org.strowger.discovery.Backend;
import org.strowger.health.HealthSettings;
import org.strowger.health.MinAvailable;
import org.strowger.health.probe.ExpectedCodes;
import org.strowger.health.probe.ProbeMethod;
import org.strowger.health.probe.ProbeSettings;
import org.strowger.proxy.config.HealthConfig;
import org.strowger.proxy.config.PoolConfig;
import org.strowger.proxy.config.ProbeKind;

/**
 * A pool as {@link HealthService} watches it.
 *
 * @param probes how its members are probed, if they are
 */
record WatchedPool(
        String name,
        List<Backend> members,
        Optional<ProbeSettings> probes,
        HealthSettings settings,
        MinAvailable minAvailable) {

    WatchedPool {
        members = List.copyOf(members);
    }

    static WatchedPool of(PoolConfig pool) {
        return of(pool, pool.backends());
    }

    /** @param members what the pool consists of at the moment, whatever the configuration says */
    static WatchedPool of(PoolConfig pool, List<Backend> members) {
        return new WatchedPool(
                pool.name(),
                members,
                method(pool.health().probe()).map(method -> settings(method, pool.health())),
                pool.healthSettings(),
                pool.minAvailable());
    }

    private static Optional<ProbeMethod> method(ProbeKind kind) {
        if (kind instanceof ProbeKind.Options) {
            return Optional.of(new ProbeMethod.Options());
        }
        if (kind instanceof ProbeKind.Connect) {
            return Optional.of(new ProbeMethod.Connect());
        }
        if (kind instanceof ProbeKind.WebSocket handshake) {
            return Optional.of(new ProbeMethod.Handshake(handshake.path(), handshake.subProtocol()));
        }
        return kind instanceof ProbeKind.Http http
                ? Optional.of(new ProbeMethod.Http(0, http.path()))
                : Optional.empty();
    }

    private static ProbeSettings settings(ProbeMethod method, HealthConfig health) {
        return new ProbeSettings(
                method,
                health.interval(),
                health.fastInterval(),
                health.downInterval(),
                health.timeout(),
                ProbeSettings.firstTimeout(health.timeout(), health.fall()),
                health.jitter(),
                ExpectedCodes.of(health.expect().codes().stream().mapToInt(Integer::intValue)));
    }
}
