package org.strowger.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Compares answers with what the served OpenAPI document says of them: type, members, enum. */
public final class Schema {
    private static final ConfigParseOptions JSON = ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON);
    private static final Map<String, ConfigValueType> TYPES = Map.of(
            "object", ConfigValueType.OBJECT,
            "array", ConfigValueType.LIST,
            "string", ConfigValueType.STRING,
            "boolean", ConfigValueType.BOOLEAN,
            "integer", ConfigValueType.NUMBER,
            "number", ConfigValueType.NUMBER);

    private final ConfigObject document;

    public Schema(String document) {
        this.document = ConfigFactory.parseString(document, JSON).root();
    }

    /** Fails unless that answer of the operation is a documented one. */
    public void check(String method, String template, int status, String body) {
        ConfigObject answers = at(document, "paths", template, method.toLowerCase(java.util.Locale.ROOT), "responses");
        assertThat(answers.keySet())
                .as("%s %s: status %d", method, template, status)
                .contains(String.valueOf(status));
        ConfigObject schema = at(answers, String.valueOf(status), "content", "application/json", "schema");
        check(
                method + " " + template,
                schema,
                ConfigFactory.parseString(body, JSON).root());
    }

    private void check(String where, ConfigObject schema, ConfigValue value) {
        if (schema.containsKey("$ref")) {
            String name = schema.get("$ref").unwrapped().toString().substring("#/components/schemas/".length());
            check(where, at(document, "components", "schemas", name), value);
            return;
        }
        String type =
                Objects.requireNonNull(schema.get("type"), where).unwrapped().toString();
        assertThat(value.valueType()).as(where).isEqualTo(TYPES.get(type));
        if (schema.get("enum") instanceof ConfigList allowed) {
            assertThat(allowed.unwrapped()).as(where).contains(value.unwrapped());
        }
        if (value instanceof ConfigObject object && schema.get("properties") instanceof ConfigObject properties) {
            Object required = schema.get("required") == null
                    ? List.of()
                    : schema.get("required").unwrapped();
            assertThat(object.keySet())
                    .as(where)
                    .containsAll(
                            ((List<?>) required).stream().map(String::valueOf).toList());
            object.forEach((name, member) -> {
                assertThat(properties).as(where).containsKey(name);
                check(where + "." + name, at(properties, name), member);
            });
        } else if (value instanceof ConfigList list) {
            list.forEach(item -> check(where + "[]", at(schema, "items"), item));
        }
    }

    private static ConfigObject at(ConfigObject from, String... keys) {
        ConfigObject at = from;
        for (String key : keys) {
            assertThat(at).containsKey(key);
            at = (ConfigObject) Objects.requireNonNull(at.get(key), key);
        }
        return at;
    }
}
