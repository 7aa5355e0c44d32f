package org.strowger.proxy.config;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The tables of docs/configuration.md, made from reference.conf. */
final class ConfigurationPage {
    private static final Map<String, String> ENTRIES = entries();

    private ConfigurationPage() {}

    static String keys() {
        ConfigObject reference = ReferenceKey.reference();
        StringBuilder page = new StringBuilder();
        page.append("\n## At the top\n\n").append(tableHead());
        for (ReferenceKey key : ReferenceKey.below("", withoutSections(reference))) {
            page.append(row(key));
        }
        for (Map.Entry<String, ConfigValue> entry : ReferenceKey.inOrder(reference)) {
            if (entry.getValue() instanceof ConfigObject section) {
                section(page, entry.getKey(), section);
            }
        }
        return page.toString();
    }

    private static void section(StringBuilder page, String name, ConfigObject section) {
        page.append("\n## `").append(ENTRIES.getOrDefault(name, name)).append("`\n\n");
        page.append(cell(String.join(" ", ReferenceKey.comment(section)))).append('\n');
        List<ReferenceKey> keys = ReferenceKey.below("", section);
        if (!keys.isEmpty()) {
            page.append('\n').append(tableHead());
            keys.forEach(key -> page.append(row(key)));
        }
    }

    private static ConfigObject withoutSections(ConfigObject reference) {
        ConfigObject rest = reference;
        for (Map.Entry<String, ConfigValue> entry : reference.entrySet()) {
            if (entry.getValue() instanceof ConfigObject) {
                rest = rest.withoutKey(entry.getKey());
            }
        }
        return rest;
    }

    private static String tableHead() {
        return "| key | default | range | meaning |\n|---|---|---|---|\n";
    }

    private static String row(ReferenceKey key) {
        String preset = key.preset().isEmpty() ? "" : "`" + key.preset() + "`";
        return "| `" + key.name() + "` | " + preset + " | " + cell(key.range()) + " | " + cell(key.meaning()) + " |\n";
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace("<", "&lt;");
    }

    private static Map<String, String> entries() {
        Map<String, String> names = new LinkedHashMap<>();
        names.put("listener-defaults", "listeners.NAME");
        names.put("pool-defaults", "pools.NAME");
        names.put("backend-defaults", "pools.NAME.backends[]");
        names.put("sticky-cookie-defaults", "pools.NAME.sticky-cookie");
        names.put("rule-defaults", "rules[]");
        return names;
    }
}
