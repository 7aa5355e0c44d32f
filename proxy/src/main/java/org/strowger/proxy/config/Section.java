package org.strowger.proxy.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.strowger.threading.RunsOn;

/**
 * An object of the file with its part of reference.conf. Whatever is wrong is reported, and reading goes on with the
 * default, so that one run finds everything. A null counts as not written.
 */
@RunsOn(RunsOn.Runner.CONTROL)
final class Section {
    private final Located at;
    private final ConfigObject own;
    private final ConfigObject defaults;
    private final Places places;
    private final Problems problems;

    private Section(Located at, ConfigObject own, ConfigObject defaults, Places places, Problems problems) {
        this.at = at;
        this.own = own;
        this.defaults = defaults;
        this.places = places;
        this.problems = problems;
    }

    /** The object at {@code at}; if it is something else, that is reported and an empty one takes its place. */
    static Section of(Located at, ConfigObject defaults, Places places, Problems problems) {
        if (isObject(at, problems)) {
            return new Section(at, (ConfigObject) at.value(), defaults, places, problems);
        }
        return new Section(at, ConfigFactory.empty().root(), defaults, places, problems);
    }

    private static boolean isObject(Located at, Problems problems) {
        Optional<ConfigValueType> type = typeOf(at.value());
        if (type.isEmpty()) {
            reportUnresolved(at, problems);
        } else if (type.get() != ConfigValueType.OBJECT) {
            problems.expected(at, Problems.shown(at.value()), "an object, { ... }");
        }
        return type.isPresent() && type.get() == ConfigValueType.OBJECT;
    }

    /**
     * Of a named entry or a list element, which has its defaults elsewhere than under its own path; empty, and reported,
     * when it is no object.
     */
    Optional<Section> entry(Located element, ConfigObject elementDefaults) {
        return isObject(element, problems)
                ? Optional.of(of(element, elementDefaults, places, problems))
                : Optional.empty();
    }

    Located at() {
        return at;
    }

    Problems problems() {
        return problems;
    }

    /** Reports the keys that reference.conf does not have. */
    void refuseUnknownKeys(Set<String> notForFiles) {
        Set<String> known = new TreeSet<>(defaults.keySet());
        known.removeAll(notForFiles);
        for (Map.Entry<String, ConfigValue> entry : new TreeMap<>(own).entrySet()) {
            String key = entry.getKey();
            if (!known.contains(key)) {
                problems.expected(
                        at.child(key, entry.getValue(), places),
                        "unknown key",
                        String.join(", ", known) + Nearest.suggestion(key, known));
            }
        }
    }

    void refuseUnknownKeys() {
        refuseUnknownKeys(Set.of());
    }

    /** What the file says about a key. */
    Optional<Located> written(String key) {
        ConfigValue value = own.get(key);
        return value == null
                        || typeOf(value)
                                .filter(type -> type == ConfigValueType.NULL)
                                .isPresent()
                ? Optional.empty()
                : Optional.of(at.child(key, value, places));
    }

    /** Where a key was written, else where it could have been. */
    Located placeOf(String key) {
        return written(key).orElseGet(() -> missing(key));
    }

    /** A key that has a default. */
    <T> T read(String key, Syntax<T> syntax) {
        return find(key, syntax).orElseGet(() -> standIn(key, syntax));
    }

    /** A key that may stay unset; empty when it is wrong, too. */
    <T> Optional<T> find(String key, Syntax<T> syntax) {
        return written(key).or(() -> preset(key)).flatMap(value -> parse(value, syntax));
    }

    /** A key that has no default. */
    <T> Optional<T> require(String key, Syntax<T> syntax) {
        if (written(key).isEmpty()) {
            problems.expected(missing(key), "missing", syntax.expected());
        }
        return find(key, syntax);
    }

    /** A nested object of its own defaults. */
    Section section(String key) {
        ConfigValue preset = defaults.get(key);
        if (!(preset instanceof ConfigObject object)) {
            throw new IllegalStateException("reference.conf: " + key + " (expected: an object)");
        }
        ConfigValue empty = ConfigFactory.empty().root();
        return of(written(key).orElseGet(() -> at.child(key, empty, places)), object, places, problems);
    }

    /** The entries of this object, by name; those that are null do not count. */
    List<Located> entries() {
        List<Located> entries = new ArrayList<>();
        for (String key : new TreeSet<>(own.keySet())) {
            written(key).ifPresent(entries::add);
        }
        return entries;
    }

    /** The name of an entry that {@link #entries()} returned. */
    List<String> names() {
        return new TreeSet<>(own.keySet())
                .stream().filter(key -> written(key).isPresent()).toList();
    }

    /** The elements of a list; empty when the key is not written or is no list, which is reported. */
    List<Located> elements(String key) {
        Optional<Located> list = written(key);
        if (list.isEmpty()) {
            return List.of();
        }
        if (isList(list.get())) {
            return elements(list.get());
        }
        if (typeOf(list.get().value()).isEmpty()) {
            reportUnresolved(list.get(), problems);
        } else {
            problems.expected(list.get(), Problems.shown(list.get().value()), "a list, [ ... ]");
        }
        return List.of();
    }

    /** The elements of a list, or the value itself where one may stand for a list of one. */
    List<Located> oneOrMore(String key) {
        return written(key)
                .map(value -> isList(value) ? elements(value) : List.of(value))
                .orElse(List.of());
    }

    /** The same of a key that has a default. */
    List<Located> oneOrMoreOrPreset(String key) {
        return written(key)
                .or(() -> preset(key))
                .map(value -> isList(value) ? elements(value) : List.of(value))
                .orElseThrow();
    }

    /** The value at {@code value}; empty, and reported, when it is not as the syntax says. */
    <T> Optional<T> parse(Located value, Syntax<T> syntax) {
        Optional<ConfigValueType> type = typeOf(value.value());
        if (type.isEmpty()) {
            reportUnresolved(value, problems);
            return Optional.empty();
        }
        Parsed<T> parsed = switch (type.get()) {
            case OBJECT, LIST, NULL -> new Parsed.Bad<>(syntax.expected());
            case STRING, NUMBER, BOOLEAN ->
                syntax.parse(String.valueOf(value.value().unwrapped()));
        };
        if (parsed instanceof Parsed.Ok<T> ok) {
            return Optional.of(ok.value());
        }
        problems.expected(value, shown(value, syntax), ((Parsed.Bad<T>) parsed).expected());
        return Optional.empty();
    }

    /** The type of a value; empty for a substitution that found nothing. */
    static Optional<ConfigValueType> typeOf(ConfigValue value) {
        try {
            // An object of which a part is not resolved refuses only when it is looked into.
            boolean isEmpty =
                    value instanceof ConfigObject object && object.keySet().isEmpty();
            return Optional.of(isEmpty ? ConfigValueType.OBJECT : value.valueType());
        } catch (ConfigException.NotResolved e) {
            return Optional.empty();
        }
    }

    static boolean isList(Located at) {
        return typeOf(at.value()).filter(type -> type == ConfigValueType.LIST).isPresent();
    }

    private List<Located> elements(Located at) {
        ConfigList list = (ConfigList) at.value();
        List<Located> elements = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            elements.add(at.element(i, list.size(), list.get(i), places));
        }
        return elements;
    }

    private Located missing(String key) {
        String path = at.path().isEmpty() ? Located.shown(key) : at.path() + "." + Located.shown(key);
        return new Located(path, at.place(), at.value(), Optional.empty());
    }

    private Optional<Located> preset(String key) {
        ConfigValue preset = defaults.get(key);
        if (preset == null) {
            throw new IllegalStateException("reference.conf: " + key + " (expected: a commented key)");
        }
        return preset.valueType() == ConfigValueType.NULL
                ? Optional.empty()
                : Optional.of(new Located(missing(key).path(), at.place(), preset, Optional.empty()));
    }

    private <T> T standIn(String key, Syntax<T> syntax) {
        ConfigValue preset = preset(key).map(Located::value).orElseThrow();
        if (syntax.parse(String.valueOf(preset.unwrapped())) instanceof Parsed.Ok<T> ok) {
            return ok.value();
        }
        throw new IllegalStateException("reference.conf: " + key + " (expected: " + syntax.expected() + ")");
    }

    private static String shown(Located at, Syntax<?> syntax) {
        boolean hidden = syntax.display() == Syntax.Display.HIDDEN
                && !String.valueOf(at.value().unwrapped()).isEmpty();
        String variable = at.value().origin().description();
        String source = variable.startsWith(Environment.ORIGIN) ? " from " + variable : "";
        return (hidden ? Syntax.HIDDEN_VALUE : Problems.shown(at.value())) + source;
    }

    private static void reportUnresolved(Located at, Problems problems) {
        problems.expected(
                at, Problems.shown(at.value().render()), "something to put here, or ${?...} if there may be nothing");
    }
}
