package org.strowger.proxy.admin;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.strowger.proxy.control.Caller;

/**
 * A request to the API after its route has been found.
 *
 * @param parameters those of the path, by name, and of the query
 * @param body of a request that has one
 */
record ApiRequest(Map<String, String> parameters, ConfigObject body, Caller caller) {
    private static final ConfigObject NO_BODY = ConfigFactory.empty().root();

    ApiRequest {
        parameters = Map.copyOf(parameters);
    }

    /** A request that cannot be understood; the message is {@code value (expected: ...)}. */
    static final class Invalid extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final String field;

        Invalid(String field, String message) {
            super(message, null, false, false);
            this.field = field;
        }

        String field() {
            return field;
        }
    }

    /** Reads a body that is a JSON object, or nothing. */
    static ConfigObject body(String text) {
        if (text.isBlank()) {
            return NO_BODY;
        }
        try {
            Config parsed = ConfigFactory.parseString(
                    text, ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON));
            return parsed.root();
        } catch (ConfigException | StackOverflowError e) {
            throw new Invalid("body", "malformed (expected: a JSON object, of application/json)");
        }
    }

    /** Refuses what nobody asked for, which is a mistyped name more often than not. */
    ApiRequest only(String... names) {
        List<String> known = List.of(names);
        for (String name : body.keySet()) {
            if (!known.contains(name)) {
                throw new Invalid(name, "unknown field (expected: one of " + known + ")");
            }
        }
        return this;
    }

    String parameter(String name) {
        return parameters.getOrDefault(name, "");
    }

    /** A yes or no of the body, or of the query where there is none in the body. */
    boolean flag(String name) {
        Optional<ConfigValue> value = value(name);
        if (value.isEmpty()) {
            return flag(name, parameter(name));
        }
        if (value.get().valueType() != ConfigValueType.BOOLEAN) {
            throw new Invalid(name, value.get().unwrapped() + " (expected: true or false)");
        }
        return (Boolean) value.get().unwrapped();
    }

    private static boolean flag(String name, String text) {
        return switch (text) {
            case "" -> false;
            case "true" -> true;
            case "false" -> false;
            default -> throw new Invalid(name, text + " (expected: true or false)");
        };
    }

    Optional<String> text(String name) {
        return value(name).map(value -> {
            if (value.valueType() != ConfigValueType.STRING) {
                throw new Invalid(name, value.unwrapped() + " (expected: a string)");
            }
            return (String) value.unwrapped();
        });
    }

    /** A whole number, which is {@code expected}, such as {@code 0..100}. */
    Optional<Integer> number(String name, int min, int max) {
        return value(name).map(value -> {
            String expected = " (expected: " + min + ".." + max + ")";
            if (value.valueType() != ConfigValueType.NUMBER
                    || !(value.unwrapped() instanceof Integer number)
                    || number < min
                    || number > max) {
                throw new Invalid(name, value.unwrapped() + expected);
            }
            return number;
        });
    }

    /** True when the field is there, as null. */
    boolean isNull(String name) {
        ConfigValue value = body.get(name);
        return value != null && value.valueType() == ConfigValueType.NULL;
    }

    private Optional<ConfigValue> value(String name) {
        return Optional.ofNullable(body.get(name)).filter(value -> value.valueType() != ConfigValueType.NULL);
    }
}
