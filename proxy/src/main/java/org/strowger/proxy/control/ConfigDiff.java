package org.strowger.proxy.control;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.strowger.discovery.Backend;
import org.strowger.proxy.config.KeyMaterial;
import org.strowger.proxy.config.RuleConfig;
import org.strowger.proxy.config.RulePlace;
import org.strowger.proxy.config.Secret;
import org.strowger.proxy.config.StatusCodes;
import org.strowger.proxy.config.StickyCookieConfig;
import org.strowger.proxy.config.StrowgerConfig;
import org.strowger.proxy.config.TextMatch;

/**
 * What differs between two configurations, key by key. It walks the records, so that a key added to them is compared from
 * the first day. Lists of named things are compared by name, backends by id, rules by position; secrets are never shown.
 */
final class ConfigDiff {
    private static final String NONE = "none";

    private ConfigDiff() {}

    /** All differences, each with the effect {@link ConfigChange.Effect#APPLIED}. */
    static List<ConfigChange> between(StrowgerConfig before, StrowgerConfig after) {
        List<ConfigChange> changes = new ArrayList<>();
        records("", before, after, changes);
        return changes;
    }

    private static void records(String path, Record before, Record after, List<ConfigChange> out) {
        for (RecordComponent component : before.getClass().getRecordComponents()) {
            String key = path + (path.isEmpty() ? "" : ".") + key(component.getName());
            values(key, value(component, before), value(component, after), out);
        }
    }

    private static void values(String path, Object before, Object after, List<ConfigChange> out) {
        if (before.equals(after)) {
            return;
        }
        if (before instanceof List<?> old && after instanceof List<?> now) {
            entries(byName(path, old), byName(path, now), out);
        } else if (before instanceof Map<?, ?> old && after instanceof Map<?, ?> now) {
            entries(byKey(path, old), byKey(path, now), out);
        } else if (isSection(before) && before.getClass() == after.getClass()) {
            records(path, (Record) before, (Record) after, out);
        } else {
            String was = text(before);
            String is = text(after);
            out.add(new ConfigChange(
                    path, was, was.equals(is) ? is + ", another one" : is, ConfigChange.Effect.APPLIED));
        }
    }

    private static void entries(Map<String, Object> old, Map<String, Object> now, List<ConfigChange> out) {
        TreeSet<String> all = new TreeSet<>(ConfigDiff::byLengthThenText);
        all.addAll(old.keySet());
        all.addAll(now.keySet());
        for (String key : all) {
            Object was = old.get(key);
            Object is = now.get(key);
            if (was != null && is != null) {
                values(key, was, is, out);
            } else {
                out.add(new ConfigChange(
                        key,
                        was == null ? NONE : brief(was),
                        is == null ? NONE : brief(is),
                        ConfigChange.Effect.APPLIED));
            }
        }
    }

    /** So that rules[10] comes after rules[9]. */
    private static int byLengthThenText(String a, String b) {
        boolean counted = a.endsWith("]")
                && b.endsWith("]")
                && a.length() != b.length()
                && Character.isDigit(a.charAt(a.length() - 2));
        return counted ? Integer.compare(a.length(), b.length()) : a.compareTo(b);
    }

    private static Map<String, Object> byKey(String path, Map<?, ?> map) {
        Map<String, Object> keyed = new LinkedHashMap<>();
        map.forEach((key, value) -> keyed.put(path + "[" + key + "]", Objects.requireNonNull(value)));
        return keyed;
    }

    private static Map<String, Object> byName(String path, List<?> list) {
        Map<String, Object> named = new LinkedHashMap<>();
        for (int i = 0; i < list.size(); i++) {
            Object one = Objects.requireNonNull(list.get(i));
            if (one instanceof Backend backend) {
                named.put(path + "[" + backend.id() + "]", one);
            } else {
                Optional<String> name = name(one);
                named.put(path + (name.isPresent() ? "." + name.get() : "[" + i + "]"), one);
            }
        }
        return named;
    }

    private static Optional<String> name(Object one) {
        return isSection(one)
                ? Arrays.stream(one.getClass().getRecordComponents())
                        .filter(component -> component.getName().equals("name"))
                        .findFirst()
                        .map(component -> value(component, (Record) one).toString())
                : Optional.empty();
    }

    /** True for a record whose components are keys of the file. */
    private static boolean isSection(Object value) {
        return value instanceof Backend
                || (value instanceof Record
                        && value.getClass().getSimpleName().endsWith("Config")
                        && !value.getClass().getSimpleName().equals("RuleConfig"));
    }

    /** Something that is new or gone, in few words. */
    private static String brief(Object value) {
        return value instanceof Backend backend
                ? "weight " + backend.weight()
                : isSection(value) ? "present" : text(value);
    }

    /** A value as operators write it, or nearly so. */
    static String text(Object value) {
        if (value instanceof Secret || value instanceof KeyMaterial) {
            return "(secret)";
        }
        if (value instanceof Optional<?> optional) {
            return optional.map(ConfigDiff::text).orElse(NONE);
        }
        if (value instanceof OptionalDouble number) {
            return number.isPresent() ? Double.toString(number.getAsDouble()) : NONE;
        }
        if (value instanceof OptionalInt number) {
            return number.isPresent() ? Integer.toString(number.getAsInt()) : NONE;
        }
        if (value instanceof OptionalLong number) {
            return number.isPresent() ? Long.toString(number.getAsLong()) : NONE;
        }
        if (value instanceof Duration duration) {
            return Durations.text(duration);
        }
        if (value instanceof InetSocketAddress address) {
            return address.getAddress().getHostAddress() + ":" + address.getPort();
        }
        if (value instanceof Enum<?> constant) {
            return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
        if (value instanceof List<?> list) {
            return list.stream().map(ConfigDiff::text).collect(Collectors.joining(", ", "[", "]"));
        }
        return value instanceof Record record ? recordText(record) : value.toString();
    }

    private static String recordText(Record record) {
        if (record instanceof TextMatch.Regex regex) {
            return "/" + regex.pattern().pattern() + "/";
        }
        if (record.getClass().getSimpleName().equals("Cidr") || record instanceof Backend) {
            return record instanceof Backend backend ? backend.id() : record.toString();
        }
        if (record instanceof StickyCookieConfig) {
            return record.toString();
        }
        if (record instanceof StatusCodes codes) {
            return codes.text();
        }
        String kind = record instanceof RuleConfig ? "" : key(record.getClass().getSimpleName());
        String fields = Arrays.stream(record.getClass().getRecordComponents())
                .filter(component -> component.getType() != RulePlace.class)
                .map(component -> text(value(component, record)))
                .collect(Collectors.joining(" "));
        return (kind + " " + fields).strip();
    }

    private static Object value(RecordComponent component, Record of) {
        try {
            return Objects.requireNonNull(component.getAccessor().invoke(of));
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(component + " (expected: a public accessor that gives a value)", e);
        }
    }

    /** {@code maxMessageBytes} is {@code max-message} in the file. */
    private static String key(String component) {
        if (component.equals("relays")) {
            return "listeners";
        }
        String bare = component.endsWith("Bytes") ? component.substring(0, component.length() - 5) : component;
        StringBuilder key = new StringBuilder();
        for (int i = 0; i < bare.length(); i++) {
            char c = bare.charAt(i);
            if (Character.isUpperCase(c)) {
                key.append(i == 0 ? "" : "-").append(Character.toLowerCase(c));
            } else {
                key.append(c);
            }
        }
        return key.toString();
    }

    /** True for a path of the key of a file or a folder of keys. */
    static boolean isWithin(String path, String key) {
        return path.equals(key) || path.startsWith(key + ".");
    }
}
