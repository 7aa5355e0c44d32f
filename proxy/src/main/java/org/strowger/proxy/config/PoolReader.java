package org.strowger.proxy.config;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.strowger.discovery.Backend;
import org.strowger.health.MinAvailable;
import org.strowger.threading.RunsOn;

/** Reads {@code pools}. */
@RunsOn(RunsOn.Runner.CONTROL)
final class PoolReader {
    private final ConfigObject poolDefaults;
    private final ConfigObject backendDefaults;
    private final Problems problems;

    PoolReader(ConfigObject poolDefaults, ConfigObject backendDefaults, Problems problems) {
        this.poolDefaults = poolDefaults;
        this.backendDefaults = backendDefaults;
        this.problems = problems;
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
        int before = problems.count();
        List<Backend> backends = backends(section);
        Balance balance = section.read("balance", balance());
        OptionalDouble boundedLoad = section.read("bounded-load", boundedLoad());
        if (balance instanceof Balance.RoundRobin && boundedLoad.isPresent() && problems.count() == before) {
            section.written("bounded-load")
                    .ifPresent(at -> problems.warning(
                            at, Problems.shown(at.value()), "no effect: balance round-robin is even by itself"));
        }
        Section affinity = section.section("affinity");
        affinity.refuseUnknownKeys();
        AffinityConfig memory = new AffinityConfig(
                affinity.read("entries", Syntax.integer(1000, 100_000_000)),
                affinity.read("expire", Syntax.duration("1s", "1d")));
        PathPolicy path = section.read("path", Syntax.oneOf(PathPolicy.class));
        HealthReader reader = new HealthReader(problems);
        HealthConfig health = reader.health(section.section("health"));
        PassiveConfig passive = reader.passive(section.section("passive"));
        MinAvailable minAvailable = section.read("min-available", HealthReader.minAvailable());
        RedispatchConfig redispatch = RedispatchReader.read(section.section("redispatch"));
        DialogsPolicy dialogs = section.read("dialogs", Syntax.oneOf(DialogsPolicy.class));
        return backends.isEmpty()
                ? Optional.empty()
                : Optional.of(new PoolConfig(
                        name,
                        backends,
                        balance,
                        boundedLoad,
                        memory,
                        path,
                        health,
                        passive,
                        minAvailable,
                        redispatch,
                        dialogs));
    }

    private List<Backend> backends(Section section) {
        List<Located> elements = section.elements("backends");
        if (section.written("backends").filter(at -> !Section.isList(at)).isEmpty() && elements.isEmpty()) {
            String value = section.written("backends").isPresent() ? "none" : "missing";
            problems.expected(section.placeOf("backends"), value, "a list of at least one backend");
        }
        Map<String, Located> seen = new HashMap<>();
        List<Backend> backends = new ArrayList<>();
        for (Located element : elements) {
            backend(section, element).ifPresent(backend -> {
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
    private Optional<Backend> backend(Section pool, Located element) {
        boolean isObject = Section.typeOf(element.value())
                .filter(type -> type == ConfigValueType.OBJECT)
                .isPresent();
        Located object = isObject ? element : element.with(ConfigFactory.empty().root());
        Section section = pool.entry(object, backendDefaults).orElseThrow();
        section.refuseUnknownKeys();
        Optional<AddressSyntax.TransportAddress> address = isObject
                ? section.require("address", AddressSyntax.backend())
                : pool.parse(element, AddressSyntax.backend());
        int weight = section.read("weight", Syntax.integer(0, 10_000));
        int priority = section.read("priority", Syntax.integer(0, 100));
        String zone = section.read("zone", zone());
        return address.map(a -> new Backend(a.transport(), a.address(), weight, priority, zone));
    }

    private static Syntax<String> zone() {
        String expected = "a name of at most 64 letters, or empty";
        Syntax<String> named = Syntax.text(expected, 64);
        return Syntax.of(expected, text -> text.isEmpty() ? new Parsed.Ok<>(text) : named.parse(text));
    }

    private static Syntax<OptionalDouble> boundedLoad() {
        return Syntax.decimal("1.01", "100").map(OptionalDouble::of).orWord("off", OptionalDouble.empty());
    }

    private static Syntax<Balance> balance() {
        Map<String, Balance> words = new LinkedHashMap<>();
        words.put("round-robin", new Balance.RoundRobin());
        words.put("call-id", new Balance.CallId());
        words.put("source-ip", new Balance.SourceIp());
        words.put("user", new Balance.User());
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
