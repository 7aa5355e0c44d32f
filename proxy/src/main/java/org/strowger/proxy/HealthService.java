package org.strowger.proxy;

import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Ticker;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.discovery.Backend;
import org.strowger.health.AdminState;
import org.strowger.health.Eligibility;
import org.strowger.health.ProbeResult;
import org.strowger.health.Transition;
import org.strowger.health.probe.ProbeFigures;
import org.strowger.health.probe.ProbeFront;
import org.strowger.health.probe.ProbeMethod;
import org.strowger.health.probe.ProbeSockets;
import org.strowger.health.probe.Probers;
import org.strowger.proxy.admin.MemberHealth;
import org.strowger.proxy.forwarding.BackendAlarm;
import org.strowger.proxy.forwarding.CoalescedAlarm;
import org.strowger.proxy.metrics.BackendCounterTable;
import org.strowger.proxy.transport.TlsToBackends;
import org.strowger.proxy.websocket.WebSocketProbeFront;
import org.strowger.threading.RunsOn;

/**
 * Watches the backends of all pools: probes them, reads what live traffic shows of them, and asks for a new snapshot when
 * what may be sent to one of them has changed. Several changes in a row are one snapshot.
 *
 * <p>On the control loop, except what says otherwise.
 */
@RunsOn(RunsOn.Runner.CONTROL)
final class HealthService implements Standing, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(HealthService.class);
    /** How long what live traffic shows may wait, unless an alarm is raised. */
    private static final long TICK_MILLIS = 50;

    private final ControlLoop control;
    private final Ticker ticker;
    private final InstantSource clock;
    private final Runnable republish;
    private final HealthTotals totals = new HealthTotals();
    private final BackendAlarm alarm;
    private final PoolWatch.Surroundings around;
    private final Probers probers;
    private @Nullable Future<?> ticking;
    private boolean publishing;
    private boolean closed;
    /** Replaced on the control loop; read by any thread. */
    private volatile Map<String, PoolWatch> pools = Map.of();

    /**
     * @param random of the jitter and of what makes probes unique
     * @param republish makes and publishes a snapshot; on the control loop
     * @param loads takes what backends say about their load
     * @param tls how backends are reached over TLS
     */
    HealthService(
            ControlLoop control,
            BackendCounterTable counters,
            RandomGenerator random,
            PoolWatch.LoadSink loads,
            TlsToBackends tls,
            Runnable republish) {
        this.control = control;
        this.ticker = Ticker.systemTicker();
        this.clock = InstantSource.system();
        this.republish = republish;
        this.alarm = new CoalescedAlarm(control.untilClosed(), this::look);
        this.probers = new Probers(
                new ProbeSockets(control.executor(), control.mode()::newDatagramChannel, control.mode()::newChannel),
                ticker,
                random);
        this.around = new PoolWatch.Surroundings(
                (backend, settings, listener) ->
                        probers.start(backend, front(backend, settings.method(), tls, random), settings, listener),
                id -> new LiveReadings(counters.countersOf(id)),
                loads,
                ticker,
                clock,
                this::changed,
                this::publishSoon);
    }

    /** What a probe goes through: a WebSocket has its handshake before the first OPTIONS. */
    private static ProbeFront front(Backend backend, ProbeMethod method, TlsToBackends tls, RandomGenerator random) {
        ProbeFront secure = TlsProbeFront.of(backend, tls);
        if (method instanceof ProbeMethod.Handshake asked) {
            String path = asked.path().isEmpty() ? backend.path() : asked.path();
            return new WebSocketProbeFront(secure, path, asked.subProtocol(), random);
        }
        return method instanceof ProbeMethod.Options && backend.transport().isWebSocket()
                ? WebSocketProbeFront.ofSip(secure, backend.path(), random)
                : secure;
    }

    /** Watches these pools from now on, in the place of those before; what is known of members that stay, stays. */
    void follow(List<WatchedPool> wanted) {
        long nowNanos = ticker.nanoTime();
        Map<String, PoolWatch> next = new LinkedHashMap<>();
        for (WatchedPool pool : wanted) {
            PoolWatch known = pools.get(pool.name());
            PoolWatch watch = known == null ? new PoolWatch(pool, around) : known;
            watch.follow(pool, nowNanos);
            next.put(pool.name(), watch);
        }
        pools.forEach((name, watch) -> {
            if (!next.containsKey(name)) {
                watch.close();
            }
        });
        pools = next;
        if (ticking == null && !closed) {
            ticking =
                    control.executor().scheduleAtFixedRate(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** What event loops raise; to be used by any of them. */
    BackendAlarm alarm() {
        return alarm;
    }

    /** People or a reload want another admin state for a member. */
    void admin(String pool, String backendId, AdminState state, String who) {
        PoolWatch watch = pools.get(pool);
        if (watch != null) {
            watch.admin(backendId, state, who, ticker.nanoTime());
        }
    }

    private void tick() {
        long nowNanos = ticker.nanoTime();
        pools.values().forEach(pool -> pool.tick(nowNanos));
    }

    private void look(String backendId) {
        long nowNanos = ticker.nanoTime();
        pools.values().forEach(pool -> pool.look(backendId, nowNanos));
    }

    private void changed(String pool, Transition transition) {
        totals.count(transition);
        HealthLog.write(log, pool, transition);
    }

    /** After what runs now, so that all that it changes is in one snapshot. */
    private void publishSoon() {
        if (!publishing && !closed) {
            publishing = true;
            control.executor().execute(() -> {
                publishing = false;
                if (!closed) {
                    republish.run();
                }
            });
        }
    }

    @Override
    public Eligibility eligibility(String pool, String backendId) {
        PoolWatch watch = pools.get(pool);
        return watch == null ? Eligibility.NEW_AND_ESTABLISHED : watch.eligibility(backendId);
    }

    @Override
    public boolean isGone(String pool, String backendId) {
        PoolWatch watch = pools.get(pool);
        return watch != null && watch.isGone(backendId);
    }

    @Override
    public long upSinceNanos(String pool, String backendId) {
        PoolWatch watch = pools.get(pool);
        return watch == null ? Long.MIN_VALUE : watch.upSinceNanos(backendId);
    }

    /** All that is known of a member; from any thread. */
    Optional<MemberHealth> of(String pool, String backendId) {
        return Optional.ofNullable(pools.get(pool))
                .map(watch -> watch.shown().get(backendId))
                .map(member -> new MemberHealth(
                        member.shown(),
                        member.health().log().transitions(),
                        member.figures().map(this::shown)));
    }

    /** Who is kept in that pool although it should not be used; empty without panic. From any thread. */
    String panic(String pool) {
        PoolWatch watch = pools.get(pool);
        return watch == null ? "" : watch.panic();
    }

    /** From any thread. */
    HealthTotals totals() {
        return totals;
    }

    /** The members under watch by pool and backend id; from any thread. */
    Map<String, Map<String, MemberWatch>> members() {
        Map<String, Map<String, MemberWatch>> all = new LinkedHashMap<>();
        pools.forEach((name, watch) -> all.put(name, watch.shown()));
        return all;
    }

    private MemberHealth.ProbeView shown(ProbeFigures figures) {
        long nowNanos = ticker.nanoTime();
        Optional<ProbeResult> last = figures.last();
        return new MemberHealth.ProbeView(
                figures.sent(),
                figures.sent() == 0
                        ? Optional.empty()
                        : Optional.of(clock.instant().minusNanos(nowNanos - figures.lastSentNanos())),
                TimeUnit.NANOSECONDS.toMillis(figures.nextDueNanos() - nowNanos),
                last.map(result -> result.verdict().name().toLowerCase(Locale.ROOT))
                        .orElse(""),
                last.map(ProbeResult::evidence).orElse(""),
                last.filter(ProbeResult::isAnswered)
                        .map(result -> TimeUnit.NANOSECONDS.toMicros(result.rttNanos()))
                        .orElse(-1L));
    }

    /** Stops probing and publishing; from any thread. The control loop must still run. */
    @Override
    public void close() {
        control.run(() -> {
            closed = true;
            Future<?> running = ticking;
            if (running != null) {
                running.cancel(false);
            }
            pools.values().forEach(PoolWatch::close);
        });
    }
}
