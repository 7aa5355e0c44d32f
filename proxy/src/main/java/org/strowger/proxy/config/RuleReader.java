package org.strowger.proxy.config;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.strowger.discovery.Protocol;
import org.strowger.threading.RunsOn;

/** Reads {@code rules}. */
@RunsOn(RunsOn.Runner.CONTROL)
final class RuleReader {
    private static final List<String> METHODS = Stream.concat(
                    Arrays.stream(org.strowger.sip.Method.values())
                            .filter(method -> method != org.strowger.sip.Method.OTHER)
                            .map(Enum::name),
                    Stream.of("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"))
            .toList();

    private final ConfigObject defaults;
    private final List<String> listeners;
    private final List<String> pools;
    private final Set<String> httpPools;
    private final Problems problems;

    RuleReader(
            ConfigObject defaults,
            List<String> listeners,
            List<String> pools,
            Set<String> httpPools,
            Problems problems) {
        this.httpPools = httpPools;
        this.defaults = defaults;
        this.listeners = listeners;
        this.pools = pools;
        this.problems = problems;
    }

    List<RuleConfig> read(Section root) {
        List<Located> elements = root.elements("rules");
        if (elements.isEmpty()
                && root.written("rules").filter(at -> !Section.isList(at)).isEmpty()) {
            String value = root.written("rules").isPresent() ? "none" : "missing";
            problems.expected(root.placeOf("rules"), value, "a list of at least one rule");
        }
        List<RuleConfig> read = new ArrayList<>();
        Map<Protocol, Located> catchAlls = new EnumMap<>(Protocol.class);
        for (Located element : elements) {
            Optional<RuleConfig> rule = root.entry(element, defaults).flatMap(this::rule);
            rule.ifPresent(read::add);
            Set<Protocol> matches = rule.map(this::protocols).orElse(Set.of());
            if (!matches.isEmpty() && catchAlls.keySet().containsAll(matches)) {
                Located first = catchAlls.getOrDefault(matches.iterator().next(), element);
                problems.warning(
                        element,
                        "unreachable",
                        first.path() + " in line " + first.place().line() + " takes every request");
            }
            if (rule.filter(r -> r.conditions().stream().allMatch(RuleReader::alwaysHolds))
                    .isPresent()) {
                matches.forEach(protocol -> catchAlls.putIfAbsent(protocol, element));
            }
        }
        return read;
    }

    /** Without a pool of HTTP there is nothing but SIP to take. */
    private Set<Protocol> protocols(RuleConfig rule) {
        return httpPools.isEmpty() ? EnumSet.of(Protocol.SIP) : RuleProtocols.of(rule, httpPools);
    }

    private Optional<RuleConfig> rule(Section section) {
        int before = problems.count();
        section.refuseUnknownKeys();
        List<Condition> conditions = conditions(section);
        Optional<RuleConfig.Action> action = action(section);
        action.ifPresent(a -> checkProtocol(section, conditions, a));
        return problems.count() > before
                ? Optional.empty()
                : action.map(a -> new RuleConfig(conditions, a, place(section)));
    }

    /** SIP messages go to SIP backends, HTTP requests to HTTP backends. */
    private void checkProtocol(Section section, List<Condition> conditions, RuleConfig.Action action) {
        Set<Protocol> conditioned = RuleProtocols.of(conditions);
        if (conditioned.isEmpty()) {
            problems.expected(section.at(), "path or host with a condition on SIP", "conditions on HTTP or on SIP");
        } else if (action instanceof RuleConfig.Pool pool
                && RuleProtocols.of(new RuleConfig(conditions, action), httpPools)
                        .isEmpty()) {
            problems.expected(
                    section.placeOf("pool"),
                    pool.name(),
                    conditioned.contains(Protocol.HTTP)
                            ? "a pool of http backends, as path and host are of HTTP"
                            : "a pool of SIP backends, as users and request-host are of SIP");
        }
    }

    private static RulePlace place(Section section) {
        Place place = section.at().place();
        return new RulePlace(place.file(), place.line());
    }

    private List<Condition> conditions(Section section) {
        List<Condition> found = new ArrayList<>();
        section.find("listener", Names.declared("listener", listeners))
                .ifPresent(name -> found.add(new Condition.Listener(name)));
        list(section, "source", AddressSyntax.network(), Condition.Source::new).ifPresent(found::add);
        list(section, "method", method(), Condition.Method::new).ifPresent(found::add);
        match(section, "request-user", Condition.RequestUser::new).ifPresent(found::add);
        match(section, "request-host", Condition.RequestHost::new).ifPresent(found::add);
        match(section, "from-user", Condition.FromUser::new).ifPresent(found::add);
        match(section, "to-user", Condition.ToUser::new).ifPresent(found::add);
        match(section, "sni", Condition.Sni::new).ifPresent(found::add);
        match(section, "client-domain", Condition.ClientDomain::new).ifPresent(found::add);
        found.addAll(headers(section));
        section.find("path", path()).map(Condition.Path::new).ifPresent(found::add);
        match(section, "host", Condition.Host::new).ifPresent(found::add);
        section.find("percent", percent()).ifPresent(share -> found.add(new Condition.Percent(share)));
        return found;
    }

    private Optional<RuleConfig.Action> action(Section section) {
        Optional<Located> pool = section.written("pool");
        Optional<Located> reject = section.written("reject");
        if (pool.isPresent() == reject.isPresent()) {
            problems.expected(section.at(), pool.isPresent() ? "two actions" : "no action", "either pool or reject");
        }
        Optional<RuleConfig.Action> to =
                section.find("pool", Names.declared("pool", pools)).map(RuleConfig.Pool::new);
        Optional<RuleConfig.Action> status =
                section.find("reject", Syntax.integer(400, 699)).map(RuleConfig.Reject::new);
        return to.or(() -> status);
    }

    private <T> Optional<Condition> list(
            Section section, String key, Syntax<T> syntax, Function<List<T>, Condition> condition) {
        Optional<Located> written = section.written(key);
        List<Located> elements = section.oneOrMore(key);
        if (written.isPresent() && elements.isEmpty()) {
            problems.expected(written.get(), "none", "at least one of: " + syntax.expected());
        }
        List<T> values = new ArrayList<>();
        for (Located element : elements) {
            section.parse(element, syntax).ifPresent(values::add);
        }
        return values.isEmpty() ? Optional.empty() : Optional.of(condition.apply(values));
    }

    private static Optional<Condition> match(Section section, String key, Function<TextMatch, Condition> condition) {
        return section.find(key, textMatch()).map(condition);
    }

    /** Each key below {@code header} is the name of a header field. */
    private List<Condition> headers(Section section) {
        Optional<Located> written = section.written("header");
        if (written.isEmpty()) {
            return List.of();
        }
        Optional<Section> object =
                section.entry(written.get(), ConfigFactory.empty().root());
        if (object.isEmpty()) {
            return List.of();
        }
        Section headers = object.get();
        List<Condition> found = new ArrayList<>();
        List<Located> entries = headers.entries();
        for (int i = 0; i < entries.size(); i++) {
            String name = headers.names().get(i);
            if (Syntax.isToken(name)) {
                headers.parse(entries.get(i), textMatch())
                        .ifPresent(match -> found.add(new Condition.Header(name, match)));
            } else {
                problems.expected(
                        entries.get(i),
                        Problems.shown(name),
                        "header.\"<Name>\" = \"...\", the name of a header field; one with a dot in quotes");
            }
        }
        return found;
    }

    private static boolean alwaysHolds(Condition condition) {
        return condition instanceof Condition.Percent percent && percent.share() == 100;
    }

    private static Syntax<Double> percent() {
        return Syntax.decimal("0.001", "100");
    }

    /** Any token in upper case, since extensions are passed on, but not one that looks like a slip of the pen. */
    private static Syntax<String> method() {
        String expected = "a method in upper case, or a list of them";
        return Syntax.of(expected, text -> {
            boolean good = Syntax.isToken(text) && text.equals(text.toUpperCase(Locale.ROOT));
            boolean known = METHODS.contains(text);
            Optional<String> meant = known ? Optional.empty() : Nearest.to(text, METHODS);
            return good && meant.isEmpty()
                    ? new Parsed.Ok<>(text)
                    : new Parsed.Bad<>(expected
                            + meant.map(m -> "; did you mean " + m + "?").orElse(""));
        });
    }

    /** A path begins with a slash, as a regular expression does: one of those begins with {@code /^}, which no path does. */
    private static Syntax<TextMatch> path() {
        String expected = "/path, and what is below it | /^regular expression/";
        return Syntax.of(expected, text -> {
            if (text.startsWith("/^")) {
                return textMatch().parse(text);
            }
            boolean good = text.startsWith("/")
                    && text.chars().allMatch(c -> c > ' ' && c < 127 && "?#%\\".indexOf(c) < 0)
                    && !text.contains("//")
                    && !text.matches(".*/\\.{1,2}(/.*)?");
            return good ? new Parsed.Ok<>(new TextMatch.Exact(text)) : new Parsed.Bad<>(expected);
        });
    }

    private static Syntax<TextMatch> textMatch() {
        String expected = "an exact text | /regular expression/";
        return Syntax.of(expected, text -> {
            if (text.isEmpty()) {
                return new Parsed.Bad<>(expected);
            }
            if (!text.startsWith("/")) {
                return new Parsed.Ok<>(new TextMatch.Exact(text));
            }
            if (text.length() < 3 || !text.endsWith("/")) {
                return new Parsed.Bad<>(expected + "; the expression stands between two slashes");
            }
            try {
                return new Parsed.Ok<>(new TextMatch.Regex(Pattern.compile(text.substring(1, text.length() - 1))));
            } catch (PatternSyntaxException e) {
                return new Parsed.Bad<>(expected + "; " + Problems.printable(String.valueOf(e.getMessage())));
            }
        });
    }
}
