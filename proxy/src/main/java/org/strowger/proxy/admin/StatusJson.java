package org.strowger.proxy.admin;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.strowger.discovery.Backend;
import org.strowger.health.Eligibility;
import org.strowger.health.HealthState;
import org.strowger.proxy.control.ConfigChange;
import org.strowger.proxy.control.ControlEvent;
import org.strowger.proxy.control.DrainProgress;
import org.strowger.proxy.control.ListenerStatus;
import org.strowger.proxy.control.MemberOverride;
import org.strowger.proxy.control.Outcome;
import org.strowger.proxy.control.ReloadOutcome;
import org.strowger.proxy.control.RuntimeOverrides;
import org.strowger.proxy.control.Status;
import org.strowger.threading.RunsOn;

/** The answers of the API as JSON; {@code openapi.json} describes them. */
@RunsOn(RunsOn.Runner.ANY)
final class StatusJson {
    private final BackendsView view;

    /** @param view what the machines say about backends */
    StatusJson(BackendsView view) {
        this.view = view;
    }

    JsonWriter status(Status status) {
        JsonWriter json = new JsonWriter().beginObject().member("node", status.node());
        status.file().ifPresent(file -> json.member("file", file));
        json.member("startedAt", status.startedAt().toString())
                .member("loadedAt", status.loadedAt().toString())
                .member("reloads", status.reloads());
        listeners(json, status.listeners());
        json.name("pools").beginArray();
        status.pools().forEach(pool -> pool(json, pool));
        json.endArray();
        overrides(json, status.overrides());
        return json.member("leaving", status.leaving()).endObject();
    }

    static JsonWriter listeners(Status status) {
        JsonWriter json = new JsonWriter().beginObject();
        listeners(json, status.listeners());
        return json.endObject();
    }

    private static void listeners(JsonWriter json, List<ListenerStatus> listeners) {
        json.name("listeners").beginArray();
        for (ListenerStatus one : listeners) {
            json.beginObject()
                    .member("name", one.name())
                    .member("transport", one.transport())
                    .member("address", one.address())
                    .member("state", one.state().name());
            one.tls().ifPresent(tls -> json.member("tls", tls));
            json.member("pools", one.pools());
            one.open().ifPresent(open -> json.member("open", open));
            one.limit().ifPresent(limit -> json.member("limit", limit));
            json.endObject();
        }
        json.endArray();
    }

    JsonWriter pools(Status status) {
        JsonWriter json = new JsonWriter().beginObject().name("pools").beginArray();
        status.pools().forEach(pool -> pool(json, pool));
        return json.endArray().endObject();
    }

    JsonWriter pool(Status.PoolStatus pool) {
        JsonWriter json = new JsonWriter();
        pool(json, pool);
        return json;
    }

    JsonWriter backend(String pool, Status.BackendStatus backend) {
        JsonWriter json = new JsonWriter();
        backend(json, pool, backend);
        return json;
    }

    JsonWriter overrides(Status status) {
        JsonWriter json = new JsonWriter().beginObject();
        overrides(json, status.overrides());
        return json.endObject();
    }

    private static void overrides(JsonWriter json, List<RuntimeOverrides.Listed> overrides) {
        json.name("overrides").beginArray();
        for (RuntimeOverrides.Listed listed : overrides) {
            json.beginObject().member("pool", listed.pool()).member("backend", listed.backend());
            override(json, listed.override());
            json.endObject();
        }
        json.endArray();
    }

    private static void override(JsonWriter json, MemberOverride override) {
        json.member("change", override.text())
                .member("by", override.by())
                .member("at", override.at().toString());
    }

    private void pool(JsonWriter json, Status.PoolStatus pool) {
        json.beginObject().member("name", pool.name()).member("kind", pool.word());
        json.member("balance", pool.balance()).name("backends").beginArray();
        pool.backends().forEach(backend -> backend(json, pool.name(), backend));
        json.endArray().endObject();
    }

    private void backend(JsonWriter json, String pool, Status.BackendStatus status) {
        Backend backend = status.member().backend();
        Optional<BackendView> seen = view.pools().stream()
                .filter(one -> one.name().equals(pool))
                .flatMap(one -> one.backends().stream())
                .filter(one -> one.backend().id().equals(backend.id()))
                .findFirst();
        HealthState health = seen.map(BackendView::healthState).orElse(HealthState.UNKNOWN);
        json.beginObject()
                .member("id", backend.id())
                .member("weight", backend.weight())
                .member("priority", backend.priority())
                .member("zone", backend.zone())
                .member("adminState", status.member().admin().name())
                .member("healthState", health.name())
                .member(
                        "eligibility",
                        seen.map(BackendView::eligibility)
                                .orElseGet(() -> Eligibility.of(status.member().admin(), health))
                                .name())
                .member("reason", reason(status, seen.map(BackendView::reason).orElse("")))
                .member("calls", status.calls())
                .thousandths("callsPerSecond", status.milliCallsPerSecond());
        status.dialogs().ifPresent(dialogs -> json.member("dialogs", dialogs));
        status.latencyNanos()
                .ifPresent(latency -> json.thousandths("latencyMillis", TimeUnit.NANOSECONDS.toMicros(latency)));
        status.member().configured().ifPresent(file -> json.member("configuredWeight", file.weight()));
        status.drain().ifPresent(drain -> drain(json, drain));
        status.member().change().ifPresent(change -> {
            json.name("override").beginObject();
            override(json, change);
            json.endObject();
        });
        json.endObject();
    }

    /** What the machines say, else who wanted it so. */
    private static String reason(Status.BackendStatus status, String machines) {
        return machines.isEmpty()
                ? status.member()
                        .change()
                        .map(change -> change.text() + " by " + change.by())
                        .orElse("")
                : machines;
    }

    private static void drain(JsonWriter json, DrainProgress drain) {
        json.name("drain").beginObject().member("seconds", drain.since().toSeconds());
        drain.remaining().ifPresent(remaining -> json.member("remaining", remaining));
        drain.eta().ifPresent(eta -> json.member("etaSeconds", eta.toSeconds()));
        drain.untilDeadline().ifPresent(left -> json.member("deadlineSeconds", left.toSeconds()));
        json.endObject();
    }

    static JsonWriter done(Outcome.Done done) {
        return new JsonWriter()
                .beginObject()
                .member("pool", done.pool())
                .member("backend", done.backend())
                .member("changed", done.isChange())
                .member("before", done.before())
                .member("after", done.after())
                .endObject();
    }

    static JsonWriter reload(ReloadOutcome outcome) {
        JsonWriter json = new JsonWriter().beginObject();
        if (outcome instanceof ReloadOutcome.Rejected rejected) {
            return json.member("applied", false)
                    .member("error", "the file is refused; nothing has changed")
                    .member("problems", rejected.problems())
                    .endObject();
        }
        ReloadOutcome.Applied applied = (ReloadOutcome.Applied) outcome;
        json.member("applied", true).member("file", applied.file());
        json.name("changes").beginArray();
        for (ConfigChange change : applied.changes()) {
            json.beginObject()
                    .member("path", change.path())
                    .member("before", change.before())
                    .member("after", change.after())
                    .member("needsRestart", change.effect() == ConfigChange.Effect.NEEDS_RESTART)
                    .endObject();
        }
        return json.endArray()
                .member("needsRestart", applied.waiting())
                .member("warnings", applied.warnings())
                .member("endedOverrides", applied.overrides())
                .endObject();
    }

    static JsonWriter events(List<ControlEvent> events) {
        JsonWriter json = new JsonWriter().beginObject().name("events").beginArray();
        for (ControlEvent event : events) {
            json.beginObject()
                    .member("at", event.at().toString())
                    .member("kind", event.kind())
                    .member("by", event.by().who())
                    .member("from", event.by().from())
                    .member("text", event.text())
                    .endObject();
        }
        return json.endArray().endObject();
    }
}
