package org.strowger.proxy.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.strowger.discovery.Backend;
import org.strowger.threading.RunsOn;

/** Whether the sections of {@code tls} suit those who use them. */
@RunsOn(RunsOn.Runner.CONTROL)
final class TlsUses {
    private final List<TlsConfig> sections;
    private final Problems problems;

    TlsUses(List<TlsConfig> sections, Problems problems) {
        this.sections = sections;
        this.problems = problems;
    }

    /** @param listeners by the names of listeners: the sections that hold their certificates */
    void check(Section tls, Map<String, String> listeners, Section poolSection, List<PoolConfig> pools) {
        listeners.forEach((listener, name) -> certificateFor(tls, name, listener));
        Map<String, PoolConfig> first = new HashMap<>();
        for (PoolConfig pool : pools) {
            for (Backend backend : pool.backends()) {
                PoolConfig other = backend.transport().isEncrypted() ? first.putIfAbsent(backend.id(), pool) : null;
                if (other != null && !other.tls().equals(pool.tls())) {
                    differ(poolSection, pool, backend, other);
                }
            }
        }
    }

    private void certificateFor(Section tls, String name, String listener) {
        int at = tls.names().indexOf(name);
        boolean lacking = sections.stream()
                .anyMatch(one -> one.name().equals(name) && one.certificate().isEmpty());
        // Where something else is wrong with it, that has been said.
        if (lacking && at >= 0 && !problems.isFatal()) {
            problems.expected(
                    tls.entries().get(at),
                    "no certificate",
                    "certificate and key, because listeners." + listener + " uses it");
        }
    }

    /** There is one connection for each backend and event loop, whichever pool sends on it. */
    private void differ(Section poolSection, PoolConfig pool, Backend backend, PoolConfig other) {
        int at = poolSection.names().indexOf(pool.name());
        problems.expected(
                poolSection.entries().get(at),
                "tls " + pool.tls().orElse("unset") + " for " + backend.id(),
                "the same as in pools." + other.name() + ", " + other.tls().orElse("unset"));
    }
}
