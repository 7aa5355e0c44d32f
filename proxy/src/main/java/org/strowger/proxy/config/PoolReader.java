package org.strowger.proxy.config;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValueType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.strowger.discovery.Backend;
import org.strowger.health.MinAvailable;
import org.strowger.threading.RunsOn;

/** Reads {@code pools}. */
@RunsOn(RunsOn.Runner.CONTROL)
final class PoolReader {
    private final ConfigObject poolDefaults;
    private final ConfigObject backendDefaults;
    private final Problems problems;
    private final HealthReader healthReader;
    private final Map<String, RelayReader.Use> relayed;
    private final Syntax<String> tlsNames;
    private final HttpReader httpReader;
    private final StickyCookieReader cookieReader;

    /** What reference.conf has for pools and for what is in them. */
    record Defaults(ConfigObject pool, ConfigObject backend, ConfigObject cookie) {}

    /**
     * @param relayed the pools that relays name
     * @param tlsNames the sections of {@code tls} that the file has
     */
    PoolReader(Defaults defaults, Problems problems, Map<String, RelayReader.Use> relayed, List<String> tlsNames) {
        this.relayed = relayed;
        this.poolDefaults = defaults.pool();
        this.backendDefaults = defaults.backend();
        this.problems = problems;
        this.healthReader = new HealthReader(problems);
        this.tlsNames = Names.declared("section of tls", tlsNames);
        this.httpReader = new HttpReader(problems);
        this.cookieReader = new StickyCookieReader(defaults.cookie(), problems);
    }

    List<PoolConfig> read(Section pools) {
        List<Located> entries = pools.entries();
        List<String> names = pools.names();
        if (entries.isEmpty()) {
            problems.expected(pools.at(), "none", "at least one pool");
        }
        List<PoolConfig> read = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            boolean named = Names.isGood(names.get(i), entries.get(i), problems);
            String name = names.get(i);
            pools.entry(entries.get(i), poolDefaults)
                    .flatMap(section -> pool(name, section))
                    .filter(pool -> named)
                    .ifPresent(read::add);
        }
        return read;
    }

    private Optional<PoolConfig> pool(String name, Section section) {
        section.refuseUnknownKeys();
        Members members = members(section);
        Choice choice = choice(name, section, members.backends());
        AffinityConfig memory = affinity(section.section("affinity"));
        PathPolicy path = section.read("path", Syntax.oneOf(PathPolicy.class));
        Duration slowStart = section.read("slow-start", Durations.orOff("1s", "1h"));
        ZonePreference zonePreference = section.read("zone-preference", Syntax.oneOf(ZonePreference.class));
        OptionalDouble spillOver = section.read("spill-over", spillOver());
        Ages ages = ages(section);
        HealthConfig health = health(section.section("health"), choice);
        PassiveConfig passive = healthReader.passive(section.section("passive"));
        MinAvailable minAvailable = section.read("min-available", HealthReader.minAvailable());
        RedispatchConfig redispatch = RedispatchReader.read(section.section("redispatch"));
        DialogsPolicy dialogs = section.read("dialogs", Syntax.oneOf(DialogsPolicy.class));
        Optional<StickyCookieConfig> stickyCookie = cookieReader.read(section, choice.http());
        return members.backends().isEmpty()
                ? Optional.empty()
                : Optional.of(new PoolConfig(
                        name,
                        members.backends(),
                        choice.balance(),
                        choice.boundedLoad(),
                        memory,
                        path,
                        slowStart,
                        zonePreference,
                        spillOver,
                        members.limits(),
                        members.own(),
                        ages.call(),
                        ages.report(),
                        health,
                        passive,
                        minAvailable,
                        redispatch,
                        dialogs,
                        members.tls(),
                        choice.header(),
                        Optional.ofNullable(choice.relay()).map(RelayReader.Use::transport),
                        stickyCookie));
    }

    /** How a pool chooses, and what it tells the chosen one. */
    private record Choice(
            Balance balance,
            OptionalDouble boundedLoad,
            SendProxyProtocol header,
            RelayReader.@Nullable Use relay,
            boolean http) {}

    private Choice choice(String name, Section section, List<Backend> backends) {
        RelayReader.Use relay = relayed.get(name);
        int before = problems.count();
        Balance balance = section.read("balance", balance());
        SendProxyProtocol header = section.read("send-proxy-protocol", Syntax.oneOf(SendProxyProtocol.class));
        boolean http = httpReader.isHttp(section, backends);
        if (http) {
            httpReader.check(section, balance, relay, header);
        } else {
            RelayPools.check(section, relay, backends, balance, header);
        }
        OptionalDouble boundedLoad =
                relay != null && section.written("bounded-load").isEmpty()
                        ? OptionalDouble.empty()
                        : boundedLoad(section, !backends.isEmpty() && problems.count() == before && !balance.isHash());
        return new Choice(balance, boundedLoad, header, relay, http);
    }

    private HealthConfig health(Section section, Choice choice) {
        if (!choice.http()) {
            return healthReader.health(section, RelayPools.probe(choice.relay()));
        }
        // Nobody answers OPTIONS over HTTP.
        return httpReader.health(section, healthReader.health(section, new ProbeKind.Connect()));
    }

    /** How long things are believed in. */
    private record Ages(Duration call, Duration report) {}

    private static Ages ages(Section section) {
        return new Ages(
                section.read("call-expiry", Syntax.duration("1m", "7d")),
                section.read("report-max-age", Syntax.duration("100ms", "1h")));
    }

    private Optional<String> tls(Section section, List<Backend> backends) {
        Optional<Located> written = section.written("tls");
        boolean useless = !backends.isEmpty()
                && backends.stream().noneMatch(backend -> backend.transport().isEncrypted());
        if (written.isPresent() && useless) {
            problems.warning(
                    written.get(),
                    Problems.shown(written.get().value()),
                    "no effect: no backend is tls:, wss: or https:");
        }
        return section.find("tls", tlsNames);
    }

    /** The backends of a pool with the limits of each, and those of some. */
    private record Members(
            List<Backend> backends, LimitsConfig limits, Map<String, LimitsConfig> own, Optional<String> tls) {}

    private Members members(Section section) {
        LimitsConfig limits = LimitsReader.read(section, new LimitsConfig(0, 0));
        Map<String, LimitsConfig> own = new HashMap<>();
        List<Backend> backends = backends(section, limits, own);
        return new Members(backends, limits, own, tls(section, backends));
    }

    private OptionalDouble boundedLoad(Section section, boolean useless) {
        OptionalDouble boundedLoad = section.read("bounded-load", boundedLoad());
        if (useless && boundedLoad.isPresent()) {
            section.written("bounded-load")
                    .ifPresent(at -> problems.warning(
                            at, Problems.shown(at.value()), "no effect: this balance is even by itself"));
        }
        return boundedLoad;
    }

    private static AffinityConfig affinity(Section section) {
        section.refuseUnknownKeys();
        return new AffinityConfig(
                section.read("entries", Syntax.integer(1000, 100_000_000)),
                section.read("expire", Syntax.duration("1s", "1d")));
    }

    private List<Backend> backends(Section section, LimitsConfig limits, Map<String, LimitsConfig> own) {
        List<Located> elements = section.elements("backends");
        if (section.written("backends").filter(at -> !Section.isList(at)).isEmpty() && elements.isEmpty()) {
            String value = section.written("backends").isPresent() ? "none" : "missing";
            problems.expected(section.placeOf("backends"), value, "a list of at least one backend");
        }
        Map<String, Located> seen = new HashMap<>();
        List<Backend> backends = new ArrayList<>();
        for (Located element : elements) {
            Section keys = backendKeys(section, element);
            LimitsConfig itsLimits = LimitsReader.read(keys, limits);
            backend(section, keys, element).ifPresent(backend -> {
                if (!itsLimits.equals(limits)) {
                    own.put(backend.id(), itsLimits);
                }
                Located first = seen.putIfAbsent(backend.id(), element);
                if (first == null) {
                    backends.add(backend);
                } else {
                    problems.expected(element, backend.id(), "each backend once; " + first.path() + " is the same");
                }
            });
        }
        return backends;
    }

    /** A backend is its address, or an object that says more of it. */
    private Section backendKeys(Section pool, Located element) {
        Located object =
                isObject(element) ? element : element.with(ConfigFactory.empty().root());
        Section section = pool.entry(object, backendDefaults).orElseThrow();
        section.refuseUnknownKeys();
        return section;
    }

    private static boolean isObject(Located element) {
        return Section.typeOf(element.value())
                .filter(type -> type == ConfigValueType.OBJECT)
                .isPresent();
    }

    private static Optional<Backend> backend(Section pool, Section section, Located element) {
        Optional<AddressSyntax.TransportAddress> address = isObject(element)
                ? section.require("address", AddressSyntax.backend())
                : pool.parse(element, AddressSyntax.backend());
        int weight = section.read("weight", Syntax.integer(0, 10_000));
        int priority = section.read("priority", Syntax.integer(0, 100));
        String zone = section.read("zone", zone());
        return address.map(a -> a.backend(weight, priority, zone));
    }

    static Syntax<String> zone() {
        String expected = "a name of at most 64 letters, or empty";
        Syntax<String> named = Syntax.text(expected, 64);
        return Syntax.of(expected, text -> text.isEmpty() ? new Parsed.Ok<>(text) : named.parse(text));
    }

    private static Syntax<OptionalDouble> boundedLoad() {
        return Syntax.decimal("1.01", "100").map(OptionalDouble::of).orWord("off", OptionalDouble.empty());
    }

    private static Syntax<OptionalDouble> spillOver() {
        return Syntax.decimal("0.01", "1").map(OptionalDouble::of).orWord("off", OptionalDouble.empty());
    }

    private static Syntax<Balance> balance() {
        Map<String, Balance> words = new LinkedHashMap<>();
        words.put("round-robin", new Balance.RoundRobin());
        words.put("call-id", new Balance.CallId());
        words.put("source-ip", new Balance.SourceIp());
        words.put("user", new Balance.User());
        words.put("least-calls", new Balance.LeastCalls());
        words.put("least-connections", new Balance.LeastConnections());
        words.put("least-requests", new Balance.LeastRequests());
        words.put("latency", new Balance.Latency());
        words.put("reported-load", new Balance.ReportedLoad());
        String header = "header:";
        String expected = String.join(" | ", words.keySet()) + " | " + header + "<Name>";
        return Syntax.of(expected, text -> {
            if (words.containsKey(text)) {
                return new Parsed.Ok<>(words.get(text));
            }
            if (text.startsWith(header)) {
                String name = text.substring(header.length());
                return Syntax.isToken(name)
                        ? new Parsed.Ok<>(new Balance.Header(name))
                        : new Parsed.Bad<>(header + "<Name>, the name of a header field");
            }
            return new Parsed.Bad<>(expected + Nearest.suggestion(text, words.keySet()));
        });
    }
}
