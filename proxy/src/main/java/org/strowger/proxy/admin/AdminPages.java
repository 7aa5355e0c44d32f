package org.strowger.proxy.admin;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.strowger.discovery.Backend;
import org.strowger.proxy.metrics.BackendCounter;
import org.strowger.proxy.metrics.BackendCounterTable;
import org.strowger.proxy.metrics.PoolMember;
import org.strowger.proxy.metrics.Scrape;
import org.strowger.threading.RunsOn;

/** What the admin server shows: one {@link AdminAnswer} for each path, made anew for each request. */
@RunsOn(RunsOn.Runner.ANY)
public final class AdminPages {
    private static final Set<String> PROBES = Set.of("/ready", "/live");

    private static final String OPENAPI = resource("/openapi.json");

    private final Map<String, Supplier<AdminAnswer>> pages = new LinkedHashMap<>();
    private final BackendsView view;
    private final BackendCounterTable counters;

    public AdminPages(
            Scrape scrape, BackendsView view, BackendCounterTable counters, Readiness readiness, Liveness liveness) {
        this.view = view;
        this.counters = counters;
        pages.put("/", this::index);
        pages.put("/metrics", () -> new AdminAnswer(200, AdminAnswer.PROMETHEUS, scrape.text()));
        pages.put("/ready", () -> verdict("ready", readiness.missing()));
        pages.put("/live", () -> verdict("live", liveness.stuck()));
        pages.put("/backends", this::backends);
        pages.put("/openapi.json", () -> new AdminAnswer(200, AdminAnswer.JSON, OPENAPI));
    }

    private static String resource(String name) {
        try (InputStream in = Objects.requireNonNull(AdminPages.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The paths that there are. */
    Set<String> paths() {
        return pages.keySet();
    }

    private ExplainPage explainPage = (message, query) -> {
        throw new IllegalArgumentException("explain: not available here (expected: a running proxy)");
    };

    /** Has {@code POST /explain} answered. Before the server starts. */
    public void setExplainPage(ExplainPage page) {
        explainPage = page;
    }

    /** The explanation of a message, or why there is none. */
    AdminAnswer explain(String uri, byte[] message) {
        Map<String, String> query = new LinkedHashMap<>();
        new QueryStringDecoder(uri).parameters().forEach((name, values) -> query.put(name, values.get(0)));
        try {
            String body = explainPage.explain(message, query);
            boolean text = "text".equals(query.get("format"));
            return new AdminAnswer(200, text ? AdminAnswer.TEXT : AdminAnswer.JSON, text ? body : body + "\n");
        } catch (IllegalArgumentException e) {
            return AdminAnswer.error(400, String.valueOf(e.getMessage()));
        }
    }

    /** The members of all pools, for the gauges of {@link Scrape}. */
    public static Collection<PoolMember> members(BackendsView view) {
        return view.pools().stream()
                .flatMap(pool -> pool.backends().stream()
                        .map(member ->
                                new PoolMember(pool.name(), member.backend().id(), member.eligibility())))
                .toList();
    }

    /** The page at {@code path}, or 404. */
    AdminAnswer get(String path) {
        Supplier<AdminAnswer> page = pages.get(path);
        return page == null
                ? AdminAnswer.error(404, "no such page: " + path + " (expected: one of " + pages.keySet() + ")")
                : page.get();
    }

    /** What {@code path} says to those who show no token: a status, if it is for load balancers and supervisors. */
    Optional<AdminAnswer> probe(String path) {
        return PROBES.contains(path)
                ? Optional.of(bare(path.substring(1), get(path).status()))
                : Optional.empty();
    }

    private static AdminAnswer bare(String name, int status) {
        JsonWriter json = new JsonWriter().beginObject();
        return AdminAnswer.json(status, json.name(name).value(status == 200).endObject());
    }

    private AdminAnswer index() {
        JsonWriter json = new JsonWriter().beginObject().member("name", "Strowger");
        return AdminAnswer.json(200, json.member("pages", pages.keySet()).endObject());
    }

    private static AdminAnswer verdict(String name, List<String> reasons) {
        JsonWriter json = new JsonWriter().beginObject();
        json.name(name).value(reasons.isEmpty());
        return AdminAnswer.json(
                reasons.isEmpty() ? 200 : 503, json.member("reasons", reasons).endObject());
    }

    private AdminAnswer backends() {
        JsonWriter json = new JsonWriter().beginObject().name("pools").beginArray();
        for (PoolView pool : view.pools()) {
            json.beginObject().member("name", pool.name()).member("balance", pool.balance());
            json.member("panic", pool.panic());
            json.name("backends").beginArray();
            for (BackendView member : pool.backends()) {
                backend(json, member);
            }
            json.endArray().endObject();
        }
        return AdminAnswer.json(200, json.endArray().endObject());
    }

    private void backend(JsonWriter json, BackendView member) {
        Backend backend = member.backend();
        String id = backend.id();
        String transport = backend.transport().name().toLowerCase(Locale.ROOT);
        json.beginObject()
                .member("id", id)
                .member("transport", transport)
                .member("address", id.substring(id.indexOf(':') + 1))
                .member("weight", backend.weight())
                .member("priority", backend.priority())
                .member("zone", backend.zone())
                .member("adminState", member.adminState().name())
                .member("healthState", member.healthState().name())
                .member("eligibility", member.eligibility().name())
                .member("reason", member.reason());
        member.health().ifPresent(health -> HealthJson.write(json, health));
        json.name("counters").beginObject();
        for (BackendCounter counter : BackendCounter.values()) {
            json.member(counter.jsonName(), counters.sum(id, counter));
        }
        json.endObject().endObject();
    }
}
