package org.strowger.proxy;

import io.netty.util.concurrent.Ticker;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.strowger.discovery.Backend;
import org.strowger.discovery.Protocol;
import org.strowger.proxy.config.Condition;
import org.strowger.proxy.config.HttpConfig;
import org.strowger.proxy.config.HttpForwarded;
import org.strowger.proxy.config.ListenerConfig;
import org.strowger.proxy.config.Origins;
import org.strowger.proxy.config.PoolConfig;
import org.strowger.proxy.config.RuleConfig;
import org.strowger.proxy.config.RuleProtocols;
import org.strowger.proxy.config.StrowgerConfig;
import org.strowger.proxy.config.TextMatch;
import org.strowger.proxy.control.ManagedMember;
import org.strowger.proxy.control.PoolMembers;
import org.strowger.proxy.http.HttpCondition;
import org.strowger.proxy.http.HttpExplainer;
import org.strowger.proxy.http.HttpOptions;
import org.strowger.proxy.http.HttpPicture;
import org.strowger.proxy.http.HttpPool;
import org.strowger.proxy.http.HttpRules;
import org.strowger.proxy.http.Sticky;
import org.strowger.proxy.http.Visitor;
import org.strowger.proxy.metrics.LatencyTable;
import org.strowger.proxy.routing.Action;
import org.strowger.proxy.routing.Cidr;
import org.strowger.proxy.routing.RoutingSnapshot;
import org.strowger.proxy.websocket.HttpFront;
import org.strowger.sip.cookie.BackendIdentity;
import org.strowger.sip.cookie.CookieCodec;

/** Makes the picture that the HTTP side reads of the configuration and of the pools in a snapshot. */
final class HttpFactory {
    private HttpFactory() {}

    static HttpPicture picture(
            StrowgerConfig config, HttpRules rules, RoutingSnapshot snapshot, LatencyTable latencies) {
        List<Optional<HttpPool>> pools = new ArrayList<>();
        for (int i = 0; i < config.pools().size(); i++) {
            PoolConfig pool = config.pools().get(i);
            pools.add(
                    pool.isHttp()
                            ? Optional.of(new HttpPool(snapshot.pool(i), sticky(pool), latencies.of(pool.name())))
                            : Optional.empty());
        }
        return new HttpPicture(rules, pools, options(config.http()));
    }

    private static Optional<Sticky> sticky(PoolConfig pool) {
        return pool.stickyCookie()
                .map(cookie -> new Sticky(
                        cookie.name(),
                        switch (cookie.sameSite()) {
                            case LAX -> Sticky.Pages.LAX;
                            case STRICT -> Sticky.Pages.STRICT;
                            case NONE -> cookie.partitioned() ? Sticky.Pages.PARTITIONED : Sticky.Pages.NONE;
                        }));
    }

    /** The identities of the backends that may keep what they have: all but those in maintenance. */
    static LongPredicate kept(List<PoolMembers> membership, List<Backend> leaving) {
        Set<String> excluded = SnapshotBuilder.excluded(membership);
        Set<Long> kept = Stream.concat(
                        membership.stream()
                                .flatMap(pool -> pool.members().stream())
                                .map(ManagedMember::backend),
                        leaving.stream())
                .filter(backend -> backend.protocol() == Protocol.HTTP && !excluded.contains(backend.id()))
                .map(backend -> BackendIdentity.hash(backend.id()))
                .collect(Collectors.toUnmodifiableSet());
        return kept::contains;
    }

    /** What explains requests by a configuration that is not running. */
    static HttpExplainer planned(StrowgerConfig config, Keys keys) {
        ListenerNumbers numbers = new ListenerNumbers(
                config.listeners().stream().map(ListenerConfig::name).toList());
        HttpPicture picture = picture(
                config, rules(config, numbers), PlannedSnapshot.of(config, Ticker.systemTicker()), new LatencyTable(1));
        return new HttpExplainer(
                () -> picture,
                () -> new CookieCodec(keys.current(), keys.previous()),
                () -> config.listeners().stream()
                        .filter(one -> one.transport().isWebSocket())
                        .map(one -> listener(one, numbers.of(one.name())))
                        .toList());
    }

    /** A listener of WebSockets, as explanations know it. */
    static HttpExplainer.Listener listener(ListenerConfig config, int number) {
        Origins origins = new Origins(config.origins());
        return new HttpExplainer.Listener(
                config.name(),
                number,
                config.transport().isEncrypted() ? Visitor.Security.TLS : Visitor.Security.PLAIN,
                (method, fields) -> HttpFront.explain(method, fields, origins::allow));
    }

    static HttpOptions options(HttpConfig http) {
        return new HttpOptions(
                new HttpOptions.Bounds(
                        http.maxTarget(),
                        http.maxHeadBytes(),
                        http.maxFields(),
                        http.maxStreams(),
                        http.backendConnections(),
                        http.idleConnections()),
                new HttpOptions.Times(
                        http.headTimeout(),
                        http.keepAlive(),
                        http.connectTimeout(),
                        http.responseTimeout(),
                        http.idleTimeout(),
                        http.tunnelTimeout(),
                        http.idleConnectionTimeout()),
                forwarded(http.forwarded()),
                http.trusted().stream()
                        .map(network -> Cidr.of(network.toString()))
                        .toList(),
                http.retries());
    }

    private static HttpOptions.Forwarded forwarded(HttpForwarded kind) {
        return switch (kind) {
            case X_FORWARDED -> HttpOptions.Forwarded.X_FORWARDED;
            case RFC7239 -> HttpOptions.Forwarded.RFC7239;
            case BOTH -> HttpOptions.Forwarded.BOTH;
            case NONE -> HttpOptions.Forwarded.NONE;
        };
    }

    /** The names of the pools with HTTP backends. */
    static Set<String> pools(StrowgerConfig config) {
        return config.pools().stream()
                .filter(PoolConfig::isHttp)
                .map(PoolConfig::name)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** The rules that HTTP requests can match, numbered as in the file. */
    static HttpRules rules(StrowgerConfig config, ListenerNumbers numbers) {
        List<String> names = config.pools().stream().map(PoolConfig::name).toList();
        Set<String> http = pools(config);
        List<HttpRules.Rule> rules = new ArrayList<>();
        for (int i = 0; i < config.rules().size(); i++) {
            RuleConfig rule = config.rules().get(i);
            if (RuleProtocols.of(rule, http).containsAll(EnumSet.of(Protocol.HTTP))) {
                rules.add(new HttpRules.Rule(
                        i + 1,
                        rule.conditions().stream()
                                .map(condition -> condition(condition, numbers))
                                .toList(),
                        rule.action() instanceof RuleConfig.Pool pool
                                ? new Action.ToPool(names.indexOf(pool.name()))
                                : new Action.Reject(((RuleConfig.Reject) rule.action()).status()),
                        rule.place().toString()));
            }
        }
        return new HttpRules(rules);
    }

    private static HttpCondition condition(Condition condition, ListenerNumbers numbers) {
        if (condition instanceof Condition.Listener listener) {
            return new HttpCondition.OnListener(numbers.of(listener.name()));
        }
        if (condition instanceof Condition.Source source) {
            return new HttpCondition.FromSource(source.networks().stream()
                    .map(network -> Cidr.of(network.toString()))
                    .toList());
        }
        if (condition instanceof Condition.Percent percent) {
            return new HttpCondition.Percent(percent.share());
        }
        if (condition instanceof Condition.Method method) {
            return new HttpCondition.Method(method.names());
        }
        if (condition instanceof Condition.Path path) {
            return path.match() instanceof TextMatch.Regex regex
                    ? new HttpCondition.PathLike(regex.pattern())
                    : new HttpCondition.PathBelow(((TextMatch.Exact) path.match()).text());
        }
        if (condition instanceof Condition.Host host) {
            return new HttpCondition.Host(text(host.match(), true));
        }
        if (condition instanceof Condition.Header header) {
            return new HttpCondition.Field(header.name(), text(header.match(), false));
        }
        throw new IllegalStateException("condition: " + condition + " (expected: one that HTTP knows)");
    }

    private static HttpCondition.Text text(TextMatch match, boolean host) {
        if (match instanceof TextMatch.Regex regex) {
            return new HttpCondition.Like(regex.pattern());
        }
        String text = ((TextMatch.Exact) match).text();
        String lower = text.toLowerCase(java.util.Locale.ROOT);
        return new HttpCondition.Exact(
                !host ? text : lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower);
    }
}
