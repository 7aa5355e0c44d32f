package org.strowger.proxy;

import io.netty.util.concurrent.Ticker;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.strowger.discovery.Backend;
import org.strowger.health.AdminState;
import org.strowger.health.BackendHealth;
import org.strowger.health.Eligibility;
import org.strowger.health.PoolHealth;
import org.strowger.health.ProbeResult;
import org.strowger.health.Transition;
import org.strowger.health.passive.LiveSignals;
import org.strowger.health.probe.ProbeListener;
import org.strowger.health.probe.ProbeSettings;
import org.strowger.health.probe.Prober;
import org.strowger.health.probe.ReportedLoad;
import org.strowger.proxy.admin.MemberHealth;
import org.strowger.threading.RunsOn;

/** The members of one pool under watch: passes on what probes, live traffic, people and time bring. */
@RunsOn(RunsOn.Runner.CONTROL)
final class PoolWatch {

    /** Makes probers. */
    interface ProberFactory {
        Prober start(Backend backend, ProbeSettings settings, ProbeListener listener);
    }

    /** Takes what probes show of a backend's load. */
    interface LoadSink {
        /** What it said about it. */
        void reported(Backend backend, ReportedLoad load);

        /** How long its answer took. */
        default void probeAnswered(Backend backend, long rttNanos) {}
    }

    /**
     * What all pools share.
     *
     * @param live what is counted for a backend, by its id
     * @param changed is run when the eligibility of a member has changed
     */
    record Surroundings(
            ProberFactory probers,
            Function<String, LiveReadings> live,
            LoadSink loads,
            Ticker ticker,
            InstantSource clock,
            BiConsumer<String, Transition> transitions,
            Runnable changed) {}

    private final Surroundings around;
    private final PoolHealth health;
    private final Map<String, MemberWatch> members = new LinkedHashMap<>();
    private WatchedPool pool;
    /** Written on the control loop; read by any thread. */
    private volatile Map<String, MemberWatch> shown = Map.of();
    /** Written on the control loop; read by any thread. */
    private volatile String shownPanic = "";

    PoolWatch(WatchedPool pool, Surroundings around) {
        this.around = around;
        this.pool = pool;
        this.health = new PoolHealth(
                pool.name(),
                pool.settings(),
                pool.minAvailable(),
                around.clock(),
                transition -> around.transitions().accept(pool.name(), transition));
    }

    /** Takes the members and settings of {@code next}, which is this pool's; what is known of those that stay, stays. */
    void follow(WatchedPool next, long nowNanos) {
        boolean otherProbes = !next.probes().equals(pool.probes());
        pool = next;
        health.onSettings(next.settings(), next.minAvailable(), nowNanos);
        Map<String, Backend> wanted = next.members().stream()
                .collect(Collectors.toMap(Backend::id, Function.identity(), (a, b) -> a, LinkedHashMap::new));
        members.values().removeIf(member -> {
            boolean gone = !wanted.containsKey(member.backend().id());
            if (gone) {
                member.stopProbing();
                health.leave(member.backend().id());
            }
            return gone;
        });
        wanted.forEach((id, backend) -> {
            MemberWatch known = members.get(id);
            MemberWatch member = known == null ? join(backend, nowNanos) : known;
            member.health().onWeight(backend.weight());
            if (known == null || otherProbes) {
                probe(member, next.probes());
            }
        });
        shown = Map.copyOf(members);
        health.refresh();
        showAll();
    }

    private MemberWatch join(Backend backend, long nowNanos) {
        BackendHealth fresh = health.join(backend.id(), nowNanos);
        MemberWatch member = new MemberWatch(
                backend,
                fresh,
                around.live().apply(backend.id()),
                state(fresh, around.clock().instant()));
        members.put(backend.id(), member);
        return member;
    }

    private void probe(MemberWatch member, Optional<ProbeSettings> settings) {
        member.stopProbing();
        settings.ifPresent(wanted -> member.probeBy(around.probers().start(member.backend(), wanted, (result, load) -> {
            load.ifPresent(text -> around.loads().reported(member.backend(), text));
            if (result.rttNanos() >= 0) {
                around.loads().probeAnswered(member.backend(), result.rttNanos());
            }
            probed(member, result);
        })));
        member.steer();
    }

    private void probed(MemberWatch member, ProbeResult result) {
        long nowNanos = around.ticker().nanoTime();
        // What live traffic showed before is older news, and must not speak for a backend that the probe found gone.
        look(member, nowNanos);
        settle(member, member.health().onProbe(result, nowNanos));
    }

    /** Reads what live traffic has shown of a backend; nothing when it is no member. */
    void look(String backendId, long nowNanos) {
        MemberWatch member = members.get(backendId);
        if (member != null) {
            look(member, nowNanos);
        }
    }

    private void look(MemberWatch member, long nowNanos) {
        LiveSignals signals = member.live().read();
        if (!signals.isEmpty()) {
            settle(member, member.health().onLive(signals, nowNanos));
        }
    }

    /** Looks at all members, and at the time. */
    void tick(long nowNanos) {
        members.values().forEach(member -> look(member, nowNanos));
        boolean due = health.nextDeadlineNanos().isPresent()
                && health.nextDeadlineNanos().getAsLong() - nowNanos <= 0;
        if (due || health.isPanic()) {
            if (health.onTick(nowNanos)) {
                around.changed().run();
            }
            showAll();
        }
    }

    /** Somebody wants it otherwise; nothing when it is no member. */
    void admin(String backendId, AdminState state, String who, long nowNanos) {
        MemberWatch member = members.get(backendId);
        if (member != null) {
            settle(member, member.health().onAdmin(state, who, nowNanos));
        }
    }

    private void settle(MemberWatch member, boolean changed) {
        if (changed) {
            boolean snapshotIsOld = health.refresh();
            showAll();
            if (snapshotIsOld) {
                around.changed().run();
            }
        }
        member.steer();
    }

    private void showAll() {
        for (MemberWatch member : members.values()) {
            BackendHealth of = member.health();
            Instant since =
                    of.log().last().map(Transition::at).orElse(member.shown().since());
            MemberHealth.State now = state(of, since);
            if (!now.equals(member.shown())) {
                member.show(now);
            }
        }
        shownPanic = health.panicReason();
    }

    private MemberHealth.State state(BackendHealth of, Instant since) {
        return new MemberHealth.State(
                of.admin(),
                of.health(),
                of.ejection(),
                of.isInMaintenance(),
                health.eligibility(of.id()),
                since,
                of.reason());
    }

    void close() {
        members.values().forEach(MemberWatch::stopProbing);
    }

    Eligibility eligibility(String backendId) {
        return health.eligibility(backendId);
    }

    boolean isGone(String backendId) {
        return health.isGone(backendId);
    }

    /** Long ago for one that never was out. */
    long upSinceNanos(String backendId) {
        @Nullable MemberWatch member = members.get(backendId);
        return member == null || member.health().log().last().isEmpty()
                ? Long.MIN_VALUE
                : member.health().upSinceNanos();
    }

    /** From any thread. */
    Map<String, MemberWatch> shown() {
        return shown;
    }

    /** Who is kept although it should not be used; empty without panic. From any thread. */
    String panic() {
        return shownPanic;
    }
}
