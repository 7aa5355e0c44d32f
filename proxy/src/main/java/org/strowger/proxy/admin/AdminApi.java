package org.strowger.proxy.admin;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.strowger.discovery.Backend;
import org.strowger.proxy.control.Caller;
import org.strowger.proxy.control.Command;
import org.strowger.proxy.control.Durations;
import org.strowger.proxy.control.Members;
import org.strowger.proxy.control.Operations;
import org.strowger.proxy.control.Outcome;
import org.strowger.proxy.control.ReloadOutcome;
import org.strowger.threading.RunsOn;

/**
 * The API below {@code /api/}: what it can do is {@code openapi.json} of the jar, and a test holds the two together. Runs on
 * the admin thread; changes are handed to the control loop.
 */
@RunsOn(RunsOn.Runner.ANY)
public final class AdminApi {
    /** The path that all routes begin with. */
    static final String PREFIX = "/api/";

    private static final String BACKENDS = "/api/v1/pools/{pool}/backends";
    private static final String BACKEND = BACKENDS + "/{backend}";

    private final Operations operations;
    private final StatusJson json;
    private final List<ApiRoute> routes = new ArrayList<>();

    public AdminApi(Operations operations, BackendsView view) {
        this.operations = operations;
        this.json = new StatusJson(view);
        get("/api/v1/status", request -> ok(json.status(operations.status())));
        get("/api/v1/listeners", request -> ok(StatusJson.listeners(operations.status())));
        get("/api/v1/pools", request -> ok(json.pools(operations.status())));
        get("/api/v1/pools/{pool}", this::pool);
        get(BACKENDS, this::pool);
        get(BACKEND, this::backend);
        get("/api/v1/overrides", request -> ok(json.overrides(operations.status())));
        get("/api/v1/events", request -> ok(StatusJson.events(operations.events())));
        change("POST", BACKENDS, this::add);
        change(
                "DELETE",
                BACKEND,
                request -> new Command.Remove(
                        request.only("force").parameter("pool"), id(request), request.flag("force")));
        change("POST", BACKEND + "/drain", AdminApi::drain);
        change(
                "POST",
                BACKEND + "/undrain",
                request -> new Command.Undrain(request.only().parameter("pool"), id(request)));
        change("PUT", BACKEND + "/weight", AdminApi::weight);
        routes.add(new ApiRoute("POST", "/api/v1/reload", this::reload));
    }

    /** What there is, for the test that compares it with the document. */
    List<ApiRoute> routes() {
        return List.copyOf(routes);
    }

    private void get(String template, ApiRoute.Handler handler) {
        routes.add(new ApiRoute("GET", template, handler));
    }

    private void change(String method, String template, Function<ApiRequest, Command> command) {
        routes.add(new ApiRoute(method, template, request -> perform(request.caller(), command.apply(request))));
    }

    /** Answers {@code method} of {@code uri}. The stage never fails. */
    CompletionStage<AdminAnswer> answer(String method, String uri, String body, Caller caller) {
        try {
            QueryStringDecoder decoded = new QueryStringDecoder(uri);
            List<String> segments = Arrays.stream(decoded.rawPath().substring(1).split("/", -1))
                    .map(segment -> QueryStringDecoder.decodeComponent(segment.replace("+", "%2B")))
                    .toList();
            TreeSet<String> allowed = new TreeSet<>();
            for (ApiRoute route : routes) {
                Optional<Map<String, String>> parameters = route.match(segments);
                if (parameters.isPresent()
                        && (route.method().equals(method) || (route.reads() && method.equals("HEAD")))) {
                    Map<String, String> all = new HashMap<>();
                    decoded.parameters().forEach((name, values) -> all.put(name, values.get(0)));
                    all.putAll(parameters.get());
                    return route.handler().answer(new ApiRequest(all, ApiRequest.body(body), caller));
                }
                parameters.ifPresent(found -> allowed.add(route.method()));
            }
            return done(
                    allowed.isEmpty()
                            ? AdminAnswer.error(
                                    404, "no such path: " + decoded.path() + " (expected: one of /openapi.json)")
                            : AdminAnswer.notAllowed(method, String.join(", ", allowed)));
        } catch (ApiRequest.Invalid e) {
            return done(AdminAnswer.error(400, e.field(), String.valueOf(e.getMessage())));
        } catch (IllegalArgumentException e) {
            return done(invalid(String.valueOf(e.getMessage())));
        }
    }

    /** The message of a record that refuses a value: {@code field: value (expected: ...)}. */
    private static AdminAnswer invalid(String message) {
        int colon = message.indexOf(": ");
        return colon < 0
                ? AdminAnswer.error(400, "", message)
                : AdminAnswer.error(400, message.substring(0, colon), message.substring(colon + 2));
    }

    private CompletionStage<AdminAnswer> pool(ApiRequest request) {
        return operations
                .status()
                .pool(request.parameter("pool"))
                .map(pool -> ok(json.pool(pool)))
                .orElseGet(() -> unknownPool(request));
    }

    private CompletionStage<AdminAnswer> backend(ApiRequest request) {
        return operations
                .status()
                .pool(request.parameter("pool"))
                .map(pool -> pool.backend(id(request))
                        .map(backend -> ok(json.backend(pool.name(), backend)))
                        .orElseGet(() -> done(AdminAnswer.error(
                                404,
                                "backend",
                                id(request) + " (expected: one of "
                                        + pool.backends().stream()
                                                .map(one ->
                                                        one.member().backend().id())
                                                .toList() + ")"))))
                .orElseGet(() -> unknownPool(request));
    }

    private CompletionStage<AdminAnswer> unknownPool(ApiRequest request) {
        List<String> known =
                operations.status().pools().stream().map(pool -> pool.name()).toList();
        return done(AdminAnswer.error(404, "pool", request.parameter("pool") + " (expected: one of " + known + ")"));
    }

    private Command add(ApiRequest request) {
        request.only("address", "weight", "priority", "zone");
        String address = request.text("address")
                .orElseThrow(
                        () -> new ApiRequest.Invalid(
                                "address",
                                "missing (expected: udp:ip[:port] | tcp:ip[:port] | tls:ip[:port] | ws:ip[:port][/path] and so on)"));
        Optional<Integer> weight = request.number("weight", 0, 10_000);
        Backend backend = Members.of(
                address,
                weight.orElse(1),
                request.number("priority", 0, 100).orElse(0),
                request.text("zone").orElse(""));
        return new Command.Add(request.parameter("pool"), backend, weight.isPresent());
    }

    private static Command drain(ApiRequest request) {
        request.only("deadline", "force");
        Optional<Duration> deadline = request.text("deadline")
                .map(text -> Durations.parse(text)
                        .orElseThrow(() -> new ApiRequest.Invalid(
                                "deadline", text + " (expected: 0s..7d, with a unit, for example 10m or 1h30m)")));
        return new Command.Drain(request.parameter("pool"), id(request), deadline, request.flag("force"));
    }

    private static Command weight(ApiRequest request) {
        request.only("weight", "force");
        OptionalInt weight =
                request.number("weight", 0, 10_000).map(OptionalInt::of).orElse(OptionalInt.empty());
        if (weight.isEmpty() && !request.isNull("weight")) {
            throw new ApiRequest.Invalid("weight", "missing (expected: 0..10000, or null for what the file says)");
        }
        return new Command.SetWeight(request.parameter("pool"), id(request), weight, request.flag("force"));
    }

    private static String id(ApiRequest request) {
        return Members.id(request.parameter("backend"));
    }

    private CompletionStage<AdminAnswer> perform(Caller caller, Command command) {
        return operations.perform(caller, command).thenApply(outcome -> {
            if (outcome instanceof Outcome.Done done) {
                boolean created =
                        command instanceof Command.Add && done.before().equals("absent");
                return AdminAnswer.json(created ? 201 : 200, StatusJson.done(done));
            }
            Outcome.Refused refused = (Outcome.Refused) outcome;
            int status = switch (refused.reason()) {
                case UNKNOWN -> 404;
                case INVALID -> 400;
                case CONFLICT -> 409;
                case FAILED -> 503;
            };
            return AdminAnswer.error(status, refused.field(), refused.message());
        });
    }

    private CompletionStage<AdminAnswer> reload(ApiRequest request) {
        return operations
                .reload(request.only().caller())
                .thenApply(outcome -> AdminAnswer.json(
                        outcome instanceof ReloadOutcome.Applied ? 200 : 422, StatusJson.reload(outcome)));
    }

    private static CompletionStage<AdminAnswer> ok(JsonWriter body) {
        return done(AdminAnswer.json(200, body));
    }

    private static CompletionStage<AdminAnswer> done(AdminAnswer answer) {
        return CompletableFuture.completedFuture(answer);
    }
}
