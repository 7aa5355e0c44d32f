package org.strowger.proxy.control;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.discovery.Backend;
import org.strowger.health.AdminState;
import org.strowger.proxy.config.ConfigProblem;
import org.strowger.proxy.config.ConfigResult;
import org.strowger.proxy.config.StrowgerConfig;
import org.strowger.threading.RunsOn;

/**
 * Where changes of a running proxy are decided: it owns the configuration in force, the overrides, and the drains, and
 * puts each change in force as a whole or not at all.
 */
@RunsOn(RunsOn.Runner.CONTROL)
public final class ControlDesk implements Operations, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ControlDesk.class);
    private static final long LOOK_SECONDS = 1;

    private final EventExecutor control;
    private final Executor reader;
    private final Installation installation;
    private final Figures figures;
    private final Timing timing;
    private final Optional<ConfigFile> source;
    private final EventLog events;
    private final Drains drains;
    private final CallRates rates = new CallRates();
    private final Instant startedAt;
    private StrowgerConfig config;
    private RuntimeOverrides overrides;
    private Leaving leaving;
    private List<PoolMembers> members;
    private Instant loadedAt;
    private long reloads;
    /** Written on the control loop; any thread reads. */
    private volatile Status status;

    private volatile List<ControlEvent> recent = List.of();
    private Optional<ScheduledFuture<?>> looking = Optional.empty();

    /**
     * A desk for a proxy that has {@code first} in force.
     *
     * @param source to read again, if there is one
     */
    public ControlDesk(
            Threads threads,
            Installation installation,
            Figures figures,
            Timing timing,
            Optional<ConfigFile> source,
            StrowgerConfig first) {
        this.control = threads.control();
        this.reader = threads.reader();
        this.installation = installation;
        this.figures = figures;
        this.timing = timing;
        this.source = source;
        this.events = new EventLog(timing.clock());
        this.drains = new Drains(timing.ticker());
        this.startedAt = timing.clock().instant();
        this.loadedAt = startedAt;
        this.config = first;
        this.overrides = new RuntimeOverrides(timing.clock());
        this.leaving = new Leaving(timing.ticker());
        this.members = members(first, overrides);
        this.status = now();
    }

    /**
     * Whom the desk has work.
     *
     * @param control one thread that everything happens on
     * @param reader one thread that may block: where the file is read, one read after the other
     */
    public record Threads(EventExecutor control, Executor reader) {}

    /** The members of a configuration that nobody has changed anything of yet. */
    public static List<PoolMembers> asConfigured(StrowgerConfig config) {
        RuntimeOverrides none = new RuntimeOverrides(Clock.systemUTC());
        return config.pools().stream()
                .map(pool -> none.members(new PoolMembers.Configured(pool.name(), pool.backends())))
                .toList();
    }

    /** Looks at drains and counters every second from now on. */
    public void start() {
        control.submit(this::refresh).syncUninterruptibly();
        looking = Optional.of(control.scheduleAtFixedRate(this::look, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS));
    }

    @Override
    public void close() {
        looking.ifPresent(task -> task.cancel(false));
    }

    @Override
    public Status status() {
        return status;
    }

    @Override
    public List<ControlEvent> events() {
        return recent;
    }

    @Override
    public CompletionStage<Outcome> perform(Caller by, Command command) {
        return onControl(
                () -> carriedOut(by, command),
                () -> new Outcome.Refused(Outcome.Reason.FAILED, "", "not done (expected: the log says why)"));
    }

    @Override
    public CompletionStage<ReloadOutcome> reload(Caller by) {
        CompletableFuture<ReloadOutcome> done = new CompletableFuture<>();
        ReloadOutcome failed =
                new ReloadOutcome.Rejected(fileName(), List.of("not read again (expected: the log says why)"));
        if (source.isEmpty()) {
            done.complete(new ReloadOutcome.Rejected(
                    fileName(), List.of("no file (expected: a process that was started with one)")));
            return done;
        }
        try {
            reader.execute(() -> {
                ConfigResult read = source.get().load();
                onControl(() -> reloaded(by, read), () -> failed).thenAccept(done::complete);
            });
        } catch (RejectedExecutionException e) {
            done.complete(failed);
        }
        return done;
    }

    private <T> CompletionStage<T> onControl(Supplier<T> task, Supplier<T> failed) {
        CompletableFuture<T> done = new CompletableFuture<>();
        Runnable guarded = () -> {
            try {
                done.complete(task.get());
            } catch (RuntimeException e) {
                log.error("a change of the running proxy failed", e);
                done.complete(failed.get());
            }
        };
        try {
            control.execute(guarded);
        } catch (RejectedExecutionException e) {
            done.complete(failed.get());
        }
        return done;
    }

    private Outcome carriedOut(Caller by, Command command) {
        Optional<PoolMembers.Configured> pool = installation.pools(config).stream()
                .filter(configured -> configured.pool().equals(command.pool()))
                .findFirst();
        if (pool.isEmpty()) {
            List<String> known = members.stream().map(PoolMembers::pool).toList();
            return new Outcome.Refused(
                    Outcome.Reason.UNKNOWN, "pool", command.pool() + " (expected: one of " + known + ")");
        }
        PoolKind kind = kind(config, command.pool());
        if (command instanceof Command.Add add && !kind.takes(add.member())) {
            String expected =
                    " (expected: " + kind.schemes() + ", since pool " + add.pool() + " is " + kind.word() + ")";
            return new Outcome.Refused(Outcome.Reason.INVALID, "address", add.backend() + expected);
        }
        RuntimeOverrides next = overrides.copy();
        Outcome outcome = next.apply(command, pool.get(), by.who());
        if (outcome instanceof Outcome.Done done) {
            try {
                if (done.isChange()) {
                    install(config, next);
                }
            } catch (IOException e) {
                return new Outcome.Refused(Outcome.Reason.FAILED, "backend", String.valueOf(e.getMessage()));
            }
            followDrain(command, by);
            Outcome.Done told = command instanceof Command.Drain drain ? done.until(drain.deadline()) : done;
            record(command.verb(), by, told.text());
            return told;
        }
        return outcome;
    }

    private void followDrain(Command command, Caller by) {
        boolean drained = find(command.pool(), command.backend())
                .filter(member -> member.admin() == AdminState.DRAIN)
                .isPresent();
        if (!drained) {
            drains.end(command.pool(), command.backend());
        } else if (command instanceof Command.Drain drain) {
            Backend backend = find(drain.pool(), drain.backend()).orElseThrow().backend();
            drains.begin(drain.pool(), backend, drain.deadline(), by.who());
        }
    }

    private Optional<ManagedMember> find(String pool, String backend) {
        return members.stream()
                .filter(one -> one.pool().equals(pool))
                .findFirst()
                .flatMap(one -> one.find(backend));
    }

    private ReloadOutcome reloaded(Caller by, ConfigResult read) {
        if (!(read instanceof ConfigResult.Loaded loaded)) {
            return rejected(by, texts(((ConfigResult.Rejected) read).problems()));
        }
        Plan plan = Plan.of(config, loaded.config());
        RuntimeOverrides next = overrides.copy();
        List<String> settled = new ArrayList<>();
        installation
                .pools(plan.inForce())
                .forEach(pool -> settled.addAll(next.settle(pool, kind(plan.inForce(), pool.pool()))));
        try {
            // Even if nothing differs: rules may stand in other lines.
            install(plan.inForce(), next);
        } catch (IOException e) {
            return rejected(by, List.of(place(String.valueOf(e.getMessage()))));
        }
        loadedAt = timing.clock().instant();
        reloads++;
        List<String> changes =
                plan.changes().stream().map(ConfigChange::toString).toList();
        record("reload", by, fileName() + ": " + (changes.isEmpty() ? "no change" : String.join("; ", changes)));
        return new ReloadOutcome.Applied(fileName(), plan.changes(), texts(loaded.warnings()), settled);
    }

    private ReloadOutcome rejected(Caller by, List<String> problems) {
        String more = problems.size() > 1 ? " and " + (problems.size() - 1) + " more" : "";
        record("reload", by, "refused, nothing has changed: " + problems.get(0) + more);
        return new ReloadOutcome.Rejected(fileName(), problems);
    }

    /** The file and line of the key that {@code message} begins with. */
    private String place(String message) {
        int end = message.indexOf(": ");
        return source.get().loader().place(source.get().file(), end < 0 ? "" : message.substring(0, end)) + ": "
                + message;
    }

    private void install(StrowgerConfig nextConfig, RuntimeOverrides nextOverrides) throws IOException {
        List<PoolMembers> nextMembers = members(nextConfig, nextOverrides);
        Leaving nextLeaving = leaving.copy();
        nextLeaving.change(served(members), backends(nextMembers));
        installation.install(nextConfig, nextMembers, nextLeaving.backends());
        config = nextConfig;
        overrides = nextOverrides;
        members = nextMembers;
        leaving = nextLeaving;
    }

    private List<PoolMembers> members(StrowgerConfig of, RuntimeOverrides with) {
        return installation.pools(of).stream().map(with::members).toList();
    }

    private static List<Backend> backends(List<PoolMembers> pools) {
        return pools.stream()
                .flatMap(pool -> pool.members().stream())
                .map(ManagedMember::backend)
                .toList();
    }

    /** Those that may have dialogs: what is in maintenance is sent nothing, and need not linger. */
    private static List<Backend> served(List<PoolMembers> pools) {
        return pools.stream()
                .flatMap(pool -> pool.members().stream())
                .filter(member -> member.admin() != AdminState.MAINT)
                .map(ManagedMember::backend)
                .toList();
    }

    private void look() {
        try {
            boolean stale = false;
            RuntimeOverrides next = overrides.copy();
            for (Drains.Ending ending : drains.look(figures.dialogs())) {
                stale |= ended(ending, next);
            }
            Leaving before = leaving.copy();
            if (before.expire(figures.counted())) {
                leaving = before;
                stale = true;
            }
            if (stale) {
                install(config, next);
            }
            List<String> ids =
                    backends(members).stream().map(Backend::id).distinct().toList();
            rates.look(ids, figures.live()::calls, timing.ticker().nanoTime());
            refresh();
        } catch (IOException | RuntimeException e) {
            // The next look tries again; without this the schedule would end.
            log.error("looking after drains failed", e);
        }
    }

    private boolean ended(Drains.Ending ending, RuntimeOverrides next) {
        String why = ending.text(kind(config, ending.pool()).things());
        String after = " after "
                + Durations.text(java.time.Duration.ofSeconds(ending.after().toSeconds()));
        String who = ending.pool() + " " + ending.backend();
        if (ending.kind() == Drains.Ending.Kind.EMPTY) {
            record("drain-empty", Caller.local("control"), who + ": " + why + after);
            return false;
        }
        next.expire(ending.pool(), ending.backend(), why);
        record("drain-deadline", Caller.local("control"), who + ": DRAIN -> MAINT, " + why + after);
        return true;
    }

    private void record(String kind, Caller by, String text) {
        events.add(kind, by, text);
        recent = events.list();
        refresh();
    }

    private void refresh() {
        status = now();
    }

    private Status now() {
        List<Status.PoolStatus> pools = members.stream()
                .map(pool -> new Status.PoolStatus(
                        pool.pool(),
                        kind(config, pool.pool()),
                        installation.balance(config, pool.pool()),
                        pool.members().stream()
                                .map(member -> backend(pool.pool(), member))
                                .toList()))
                .toList();
        return new Status(
                config.node().name(),
                source.map(file -> file.file().toString()),
                startedAt,
                loadedAt,
                reloads,
                installation.listeners(),
                pools,
                overrides.list(),
                leaving.backends().stream().map(Backend::id).toList());
    }

    private static PoolKind kind(StrowgerConfig of, String pool) {
        return of.pools().stream()
                .filter(one -> one.name().equals(pool))
                .findFirst()
                .map(PoolKind::of)
                .orElse(PoolKind.SIP);
    }

    private Status.BackendStatus backend(String pool, ManagedMember member) {
        String id = member.backend().id();
        return new Status.BackendStatus(
                member,
                figures.live().calls(id),
                rates.milliCallsPerSecond(id),
                figures.dialogs().of(member.backend()),
                figures.live().latencyNanos(id),
                drains.progress(pool, id, figures.dialogs()));
    }

    private String fileName() {
        return source.map(file -> file.file().toString()).orElse("-");
    }

    private static List<String> texts(List<ConfigProblem> problems) {
        return problems.stream().map(ConfigProblem::toString).toList();
    }
}
