package org.strowger.proxy.config;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A key of reference.conf.
 *
 * @param name its path below the section
 * @param preset the default, or empty
 * @param comment the lines above it
 */
record ReferenceKey(String name, String preset, List<String> comment) {
    private static final String RANGE = "Range: ";

    static ConfigObject reference() {
        return new Environment(Map.of()).resolve(ConfigLoader.reference());
    }

    /** The values of a section, in the order of the file. */
    static List<Map.Entry<String, ConfigValue>> inOrder(ConfigObject section) {
        return section.entrySet().stream()
                .sorted(Comparator.comparing(entry -> entry.getValue().origin().lineNumber()))
                .toList();
    }

    /** The keys of a section and of the objects in it, in the order of the file. */
    static List<ReferenceKey> below(String prefix, ConfigObject section) {
        List<ReferenceKey> keys = new ArrayList<>();
        for (Map.Entry<String, ConfigValue> entry : inOrder(section)) {
            ConfigValue value = entry.getValue();
            String name = prefix + entry.getKey();
            if (value instanceof ConfigObject nested) {
                keys.addAll(below(name + ".", nested));
            } else {
                keys.add(new ReferenceKey(name, rendered(value), comment(value)));
            }
        }
        return keys;
    }

    static List<String> comment(ConfigValue value) {
        return value.origin().comments().stream().map(String::strip).toList();
    }

    /** What stands behind {@code Range:} and in the lines after it. */
    String range() {
        int at = rangeLine();
        return at < 0
                ? ""
                : String.join(" ", comment.subList(at, comment.size())).substring(RANGE.length());
    }

    /** The comment without the range. */
    String meaning() {
        int at = rangeLine();
        return comment.subList(0, at < 0 ? comment.size() : at).stream().collect(Collectors.joining(" "));
    }

    private int rangeLine() {
        for (int i = 0; i < comment.size(); i++) {
            if (comment.get(i).startsWith(RANGE)) {
                return i;
            }
        }
        return -1;
    }

    private static String rendered(ConfigValue value) {
        if (value.valueType() == ConfigValueType.NULL) {
            return "";
        }
        ConfigObject holder = ConfigFactory.empty().withValue("it", value).root();
        String text = holder.render(ConfigRenderOptions.concise().setJson(false));
        String shown = text.substring(text.indexOf('=') + 1);
        return shown.matches("\"[0-9]+[A-Za-z]+\"") ? shown.substring(1, shown.length() - 1) : shown;
    }
}
