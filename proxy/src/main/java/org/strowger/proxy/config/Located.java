package org.strowger.proxy.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import java.util.Optional;

/**
 * A value with the path that names it and the place it was written at.
 *
 * @param path for example {@code rules[0].header."X-Tenant"}
 * @param value after substitution
 * @param raw the same value before substitution, while it can be followed: a value that comes from the environment has
 *     no line of its own, the substitution that fetched it has one
 */
record Located(String path, Place place, ConfigValue value, Optional<ConfigValue> raw) {

    /** The value of a key of this object. */
    Located child(String key, ConfigValue child, Places places) {
        Optional<ConfigValue> rawChild = raw.flatMap(r -> follow(r, key));
        String name = path.isEmpty() ? shown(key) : path + "." + shown(key);
        return new Located(name, places.of(child, rawChild, place), child, rawChild);
    }

    /** An element of this list. */
    Located element(int index, int count, ConfigValue element, Places places) {
        Optional<ConfigValue> rawElement = raw.flatMap(r ->
                r instanceof ConfigList list && list.size() == count ? Optional.of(list.get(index)) : Optional.empty());
        return new Located(path + "[" + index + "]", places.of(element, rawElement, place), element, rawElement);
    }

    /** Another value in the same place. */
    Located with(ConfigValue other) {
        return new Located(path, place, other, Optional.empty());
    }

    /** A key as it must be written. */
    static String shown(String key) {
        boolean plain =
                !key.isEmpty() && key.chars().allMatch(c -> c == '-' || c == '_' || Syntax.isAsciiLetterOrDigit(c));
        return plain ? key : '"' + Problems.printable(key) + '"';
    }

    private static Optional<ConfigValue> follow(ConfigValue raw, String key) {
        try {
            return raw instanceof ConfigObject object ? Optional.ofNullable(object.get(key)) : Optional.empty();
        } catch (ConfigException.NotResolved e) {
            return Optional.empty();
        }
    }
}
