package org.strowger.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigValue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.strowger.proxy.control.Caller;
import org.strowger.proxy.control.Command;
import org.strowger.proxy.control.ControlEvent;
import org.strowger.proxy.control.Operations;
import org.strowger.proxy.control.Outcome;
import org.strowger.proxy.control.ReloadOutcome;
import org.strowger.proxy.control.Status;
import org.strowger.proxy.metrics.BackendCounterTable;
import org.strowger.proxy.metrics.CounterRegistry;
import org.strowger.proxy.metrics.Scrape;

/** The served OpenAPI document against the rules of OpenAPI 3.0 and against the routes that there are. */
final class OpenApiTest {
    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete");
    private static final Pattern PARAMETER = Pattern.compile("\\{(\\w+)}");

    private static final ConfigObject DOCUMENT = ConfigFactory.parseResources(
                    OpenApiTest.class,
                    "/openapi.json",
                    ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON))
            .root();

    /** Nothing is asked of it: only the routes matter. */
    private static final class Nobody implements Operations {
        @Override
        public Status status() {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<ControlEvent> events() {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletionStage<Outcome> perform(Caller by, Command command) {
            return new CompletableFuture<>();
        }

        @Override
        public CompletionStage<ReloadOutcome> reload(Caller by) {
            return new CompletableFuture<>();
        }
    }

    private static ConfigObject object(ConfigObject in, String... keys) {
        ConfigObject at = in;
        for (String key : keys) {
            assertThat(at).containsKey(key);
            at = (ConfigObject) Objects.requireNonNull(at.get(key), key);
        }
        return at;
    }

    private static Set<String> documented() {
        Set<String> operations = new TreeSet<>();
        object(DOCUMENT, "paths")
                .forEach((path, item) -> ((ConfigObject) item)
                        .keySet()
                        .forEach(method -> operations.add(method.toUpperCase(java.util.Locale.ROOT) + " " + path)));
        return operations;
    }

    private static Set<String> routes() {
        Set<String> routes = new TreeSet<>();
        new AdminApi(new Nobody(), List::of)
                .routes()
                .forEach(route -> routes.add(route.method() + " " + route.template()));
        CounterRegistry counters = new CounterRegistry(1);
        BackendCounterTable backends = new BackendCounterTable(1);
        try (Scrape scrape = new Scrape(counters, backends, List::of, "test")) {
            new AdminPages(scrape, List::of, backends, List::of, List::of)
                    .paths()
                    .forEach(path -> routes.add("GET " + path));
        }
        routes.add("POST " + ExplainPage.PATH);
        return routes;
    }

    @Test
    void everyRouteIsDocumentedAndNothingElse() {
        assertThat(documented()).isEqualTo(routes());
    }

    @Test
    void everyRouteIsInThePageForPeople() throws Exception {
        Path page = Path.of("../docs/admin-api.md");
        String text = Files.readString(Files.exists(page) ? page : Path.of("docs/admin-api.md"));
        for (String route : routes()) {
            if (route.contains("/api/")) {
                assertThat(text).contains("`" + route.replace("/api/v1", "") + "`");
            }
        }
    }

    @Test
    void theHeadIsThatOfAnOpenApiDocument() {
        assertThat(DOCUMENT.toConfig().getString("openapi")).startsWith("3.0.");
        assertThat(object(DOCUMENT, "info")).containsKeys("title", "version");
        assertThat(DOCUMENT.keySet())
                .isSubsetOf("openapi", "info", "servers", "security", "tags", "paths", "components");
    }

    @Test
    void everyOperationHasItsOwnIdItsParametersAndAnAnswer() {
        Set<Object> ids = new HashSet<>();
        object(DOCUMENT, "paths")
                .forEach((path, item) -> ((ConfigObject) item).forEach((method, value) -> {
                    ConfigObject operation = (ConfigObject) value;
                    assertThat(METHODS).contains(method);
                    assertThat(ids.add(operation.toConfig().getString("operationId")))
                            .as(path)
                            .isTrue();
                    assertThat(operation).as(path).containsKeys("summary", "tags");
                    assertThat(object(operation, "responses").keySet())
                            .as(path)
                            .anyMatch(status -> status.startsWith("2"))
                            .allMatch(status -> status.matches("[1-5][0-9][0-9]"));
                    object(operation, "responses")
                            .values()
                            .forEach(answer -> assertThat((ConfigObject) answer).containsKey("description"));
                    assertThat(pathParameters(operation)).as(path).isEqualTo(names(path));
                }));
    }

    private static Set<String> names(String path) {
        Set<String> names = new TreeSet<>();
        Matcher matcher = PARAMETER.matcher(path);
        while (matcher.find()) {
            names.add(matcher.group(1));
        }
        return names;
    }

    private static Set<String> pathParameters(ConfigObject operation) {
        Set<String> names = new TreeSet<>();
        if (operation.get("parameters") instanceof ConfigList list) {
            for (ConfigValue one : list) {
                Config parameter = ((ConfigObject) one).toConfig();
                if (parameter.getString("in").equals("path")) {
                    assertThat(parameter.getBoolean("required")).isTrue();
                    names.add(parameter.getString("name"));
                }
            }
        }
        return names;
    }

    @Test
    void everyReferenceLeadsToASchemaAndEverySchemaIsUsed() {
        Set<String> used = new TreeSet<>();
        collect(DOCUMENT, used);
        Set<String> schemas = new TreeSet<>();
        object(DOCUMENT, "components", "schemas").keySet().forEach(name -> schemas.add("#/components/schemas/" + name));
        assertThat(used).isEqualTo(schemas);
    }

    private static void collect(ConfigValue at, Set<String> references) {
        if (at instanceof ConfigObject object) {
            object.forEach((key, value) -> {
                if (key.equals("$ref")) {
                    references.add((String) value.unwrapped());
                } else {
                    collect(value, references);
                }
            });
        } else if (at instanceof ConfigList list) {
            list.forEach(value -> collect(value, references));
        }
    }
}
