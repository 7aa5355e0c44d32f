package org.strowger.proxy.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.util.HashMap;
import java.util.Map;
import org.strowger.threading.RunsOn;

/** The variables that a file may fetch with {@code ${?NAME}}. */
@RunsOn(RunsOn.Runner.ANY)
final class Environment {
    /** How the origin of a value from here begins; the variable's name follows. */
    static final String ORIGIN = "environment variable ";

    private final ConfigObject variables;

    Environment(Map<String, String> variables) {
        Map<String, ConfigValue> values = new HashMap<>();
        variables.forEach((name, value) -> values.put(name, ConfigValueFactory.fromAnyRef(value, ORIGIN + name)));
        this.variables = ConfigValueFactory.fromMap(values, "environment");
    }

    /** The file with its substitutions made; those that found nothing stay, to be reported each at its line. */
    ConfigObject resolve(Config file) {
        ConfigObject all = file.withFallback(variables)
                .resolve(ConfigResolveOptions.noSystem().setAllowUnresolved(true))
                .root();
        for (String name : variables.keySet()) {
            if (!file.root().containsKey(name)) {
                all = all.withoutKey(name);
            }
        }
        return all;
    }
}
