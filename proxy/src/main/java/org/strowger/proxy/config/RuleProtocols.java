package org.strowger.proxy.config;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.strowger.discovery.Protocol;

/** Which requests a rule can match: those of SIP, those of HTTP, or both. */
public final class RuleProtocols {
    private RuleProtocols() {}

    /**
     * By its conditions and its pool; never empty for a rule of a configuration that was loaded.
     *
     * @param httpPools names of the pools with HTTP backends
     */
    public static Set<Protocol> of(RuleConfig rule, Set<String> httpPools) {
        Set<Protocol> left = of(rule.conditions());
        if (rule.action() instanceof RuleConfig.Pool pool) {
            left.retainAll(EnumSet.of(httpPools.contains(pool.name()) ? Protocol.HTTP : Protocol.SIP));
        }
        return left;
    }

    static Set<Protocol> of(List<Condition> conditions) {
        Set<Protocol> left = EnumSet.allOf(Protocol.class);
        conditions.forEach(condition -> left.retainAll(of(condition)));
        return left;
    }

    private static Set<Protocol> of(Condition condition) {
        if (condition instanceof Condition.Path || condition instanceof Condition.Host) {
            return EnumSet.of(Protocol.HTTP);
        }
        if (condition instanceof Condition.RequestUser
                || condition instanceof Condition.RequestHost
                || condition instanceof Condition.FromUser
                || condition instanceof Condition.ToUser) {
            return EnumSet.of(Protocol.SIP);
        }
        return EnumSet.allOf(Protocol.class);
    }
}
