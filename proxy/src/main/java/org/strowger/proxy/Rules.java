package org.strowger.proxy;

import java.util.List;
import java.util.Set;
import org.strowger.discovery.Protocol;
import org.strowger.proxy.balancing.HeaderName;
import org.strowger.proxy.config.PoolConfig;
import org.strowger.proxy.config.RuleConfig;
import org.strowger.proxy.config.RuleProtocols;
import org.strowger.proxy.config.StrowgerConfig;
import org.strowger.proxy.routing.Action;
import org.strowger.proxy.routing.Cidr;
import org.strowger.proxy.routing.Condition;
import org.strowger.proxy.routing.Condition.Part;
import org.strowger.proxy.routing.Rule;
import org.strowger.proxy.routing.RuleSet;
import org.strowger.proxy.routing.TextMatch;

/** Turns the rules of the file, which name pools and listeners, into the rules of the data path, which number them. */
final class Rules {
    /** Keeps the place of a rule that no SIP message matches. */
    private static final List<Condition> FOR_HTTP = List.of(new Condition.FromSource(List.of()));

    private Rules() {}

    /** Pools are numbered in the order of the configuration, as they are in the snapshot. */
    static RuleSet of(StrowgerConfig config, ListenerNumbers numbers) {
        List<String> pools = config.pools().stream().map(PoolConfig::name).toList();
        Set<String> http = HttpFactory.pools(config);
        return RuleSet.compile(config.rules().stream()
                .map(rule -> new Rule(
                        RuleProtocols.of(rule, http).contains(Protocol.SIP)
                                ? rule.conditions().stream()
                                        .map(condition -> condition(condition, numbers))
                                        .toList()
                                : FOR_HTTP,
                        action(rule.action(), pools),
                        rule.place().toString()))
                .toList());
    }

    private static Action action(RuleConfig.Action action, List<String> pools) {
        if (action instanceof RuleConfig.Pool pool) {
            return new Action.ToPool(pools.indexOf(pool.name()));
        }
        return new Action.Reject(((RuleConfig.Reject) action).status());
    }

    private static Condition condition(org.strowger.proxy.config.Condition condition, ListenerNumbers numbers) {
        if (condition instanceof org.strowger.proxy.config.Condition.Listener listener) {
            return new Condition.OnListener(numbers.of(listener.name()));
        }
        if (condition instanceof org.strowger.proxy.config.Condition.Source source) {
            return new Condition.FromSource(source.networks().stream()
                    .map(network -> Cidr.of(network.toString()))
                    .toList());
        }
        if (condition instanceof org.strowger.proxy.config.Condition.Percent percent) {
            return new Condition.Percent(percent.share());
        }
        return text(condition);
    }

    private static Condition text(org.strowger.proxy.config.Condition condition) {
        if (condition instanceof org.strowger.proxy.config.Condition.Method method) {
            return new Condition.WithText(
                    Part.METHOD,
                    method.names().stream().<TextMatch>map(TextMatch.Exact::new).toList());
        }
        if (condition instanceof org.strowger.proxy.config.Condition.RequestUser user) {
            return new Condition.WithText(Part.REQUEST_USER, match(user.match()));
        }
        if (condition instanceof org.strowger.proxy.config.Condition.RequestHost host) {
            return new Condition.WithText(Part.REQUEST_HOST, match(host.match()));
        }
        if (condition instanceof org.strowger.proxy.config.Condition.FromUser user) {
            return new Condition.WithText(Part.FROM_USER, match(user.match()));
        }
        if (condition instanceof org.strowger.proxy.config.Condition.ToUser user) {
            return new Condition.WithText(Part.TO_USER, match(user.match()));
        }
        if (condition instanceof org.strowger.proxy.config.Condition.Sni name) {
            return new Condition.WithText(Part.SNI, match(name.match()));
        }
        if (condition instanceof org.strowger.proxy.config.Condition.ClientDomain domain) {
            return new Condition.WithText(Part.CLIENT_DOMAIN, match(domain.match()));
        }
        if (condition instanceof org.strowger.proxy.config.Condition.Header header) {
            return new Condition.WithText(new Condition.Header(new HeaderName(header.name())), match(header.match()));
        }
        throw new IllegalStateException("condition: " + condition + " (expected: one with a text)");
    }

    private static TextMatch match(org.strowger.proxy.config.TextMatch match) {
        if (match instanceof org.strowger.proxy.config.TextMatch.Regex regex) {
            return new TextMatch.Matches(regex.pattern().pattern());
        }
        return new TextMatch.Exact(((org.strowger.proxy.config.TextMatch.Exact) match).text());
    }
}
