package org.strowger.proxy.config;

import com.typesafe.config.ConfigFactory;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.strowger.discovery.Backend;
import org.strowger.threading.RunsOn;

/**
 * Refuses two pools that would take each other's cookie away: a browser has one cookie of a name for a host, whatever the path,
 * and each pool would replace what the other one set.
 */
@RunsOn(RunsOn.Runner.CONTROL)
final class StickyCookies {
    private final Section poolSection;
    private final List<PoolConfig> pools;
    private final List<RuleConfig> rules;

    StickyCookies(Section poolSection, List<PoolConfig> pools, List<RuleConfig> rules) {
        this.poolSection = poolSection;
        this.pools = pools;
        this.rules = rules;
    }

    void check(Problems problems) {
        for (int i = 0; i < pools.size(); i++) {
            for (int k = 0; k < i; k++) {
                PoolConfig pool = pools.get(i);
                PoolConfig other = pools.get(k);
                if (pool.stickyCookie().isPresent()
                        && name(pool).equals(name(other))
                        && !ids(pool).equals(ids(other))
                        && meet(pool, other)) {
                    problems.expected(
                            place(poolSection, pool),
                            pool.stickyCookie().get().name(),
                            "another name than that of pools." + other.name()
                                    + ", or rules that give each of them hosts of its own");
                }
            }
        }
    }

    private static Optional<String> name(PoolConfig pool) {
        return pool.stickyCookie().map(StickyCookieConfig::name);
    }

    /** Where the cookie of a pool was written. */
    static Located place(Section poolSection, PoolConfig pool) {
        Located at = poolSection.entries().get(poolSection.names().indexOf(pool.name()));
        return poolSection
                .entry(at, ConfigFactory.empty().root())
                .map(section -> section.placeOf("sticky-cookie"))
                .orElse(at);
    }

    /** The same backends are meant by the same cookies. */
    private static Set<String> ids(PoolConfig pool) {
        return pool.backends().stream().map(Backend::id).collect(Collectors.toSet());
    }

    /** True when one host may lead to both. */
    private boolean meet(PoolConfig one, PoolConfig other) {
        Optional<Set<String>> hosts = hosts(one);
        Optional<Set<String>> others = hosts(other);
        return hosts.isEmpty() || others.isEmpty() || hosts.get().stream().anyMatch(others.get()::contains);
    }

    /** The hosts that lead to a pool; empty: any may. */
    private Optional<Set<String>> hosts(PoolConfig pool) {
        RuleConfig.Pool use = new RuleConfig.Pool(pool.name());
        Set<String> hosts = new HashSet<>();
        for (RuleConfig rule : rules) {
            if (rule.action().equals(use)) {
                Optional<String> host = host(rule);
                if (host.isEmpty()) {
                    return Optional.empty();
                }
                hosts.add(host.get());
            }
        }
        return Optional.of(hosts);
    }

    private static Optional<String> host(RuleConfig rule) {
        return rule.conditions().stream()
                .filter(Condition.Host.class::isInstance)
                .map(condition -> ((Condition.Host) condition).match())
                .filter(TextMatch.Exact.class::isInstance)
                .map(match -> ((TextMatch.Exact) match).text().toLowerCase(Locale.ROOT))
                .map(text -> text.endsWith(".") ? text.substring(0, text.length() - 1) : text)
                .findFirst();
    }
}
