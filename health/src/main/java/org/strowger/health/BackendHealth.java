package org.strowger.health;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.strowger.health.passive.Ejection;
import org.strowger.health.passive.EjectionState;
import org.strowger.health.passive.LiveSignals;
import org.strowger.health.passive.Outlier;
import org.strowger.health.passive.OutlierDetector;
import org.strowger.health.passive.Times;
import org.strowger.threading.RunsOn;

/**
 * What is known of one backend as a member of one pool: what people want of it, what probes say, and what live traffic says.
 * Pure: probes, signals and time are handed in; every change goes into the {@link TransitionLog} with its evidence.
 *
 * <p>Each {@code on...} method returns true when something changed that others can see. Then, and after {@link PoolHealth}
 * was refreshed, a new snapshot may be due. Times are nanoseconds of one monotonic clock, compared by difference.
 *
 * <p>Probes move UNKNOWN, UP and DOWN; live traffic moves IN, BUSY, EJECTED and TRIAL, see {@link Ejection}. They meet in two
 * places only: a network error and a failed probe together are enough for DOWN, and what failed before a DOWN is forgotten.
 * A good probe never ends an ejection.
 */
@RunsOn(RunsOn.Runner.CONTROL)
public final class BackendHealth {
    private final String id;
    private final TransitionLog log;
    private final EjectionGate gate;
    private final Ejection ejection;
    private HealthSettings settings;
    private OutlierDetector outliers;
    private RiseFall probes;
    /** DOWN is maintenance by the backend's own word. */
    private RiseFall maintenance;

    private Reachability reachability;
    private final Lingering lingering;
    private AdminState admin = AdminState.READY;
    private int weight = 1;
    private int unansweredProbes;
    private boolean refusalLogged;
    private boolean tookNew = true;
    private long upSinceNanos;
    private Optional<ProbeResult> lastProbe = Optional.empty();

    /** A backend of which nothing is known yet, outside any pool: nothing but its settings limits its ejection. */
    public BackendHealth(String id, HealthSettings settings, TransitionLog log, long nowNanos) {
        this(id, settings, log, EjectionGate.OPEN, nowNanos);
    }

    BackendHealth(String id, HealthSettings settings, TransitionLog log, EjectionGate gate, long nowNanos) {
        this.id = id;
        this.settings = settings;
        this.log = log;
        this.gate = gate;
        this.ejection = new Ejection(settings.passive(), nowNanos);
        this.outliers = new OutlierDetector(settings.passive(), nowNanos);
        this.probes = riseFall(settings.fall(), HealthState.UNKNOWN);
        this.maintenance = riseFall(1, HealthState.UP);
        this.reachability = new Reachability(settings.passive().window());
        this.lingering = new Lingering(nowNanos);
        this.upSinceNanos = nowNanos;
    }

    private RiseFall riseFall(int fall, HealthState state) {
        return new RiseFall(
                settings.rise(),
                fall,
                state,
                settings.passive().window(),
                settings.passive().maxEject());
    }

    public String id() {
        return id;
    }

    public TransitionLog log() {
        return log;
    }

    /** A probe ended. Ignored when the backend is not probed. */
    public boolean onProbe(ProbeResult result, long nowNanos) {
        if (!settings.isProbed()) {
            return false;
        }
        lastProbe = Optional.of(result);
        boolean suspect = reachability.isSuspect(nowNanos);
        boolean struck = reachability.isStruck(nowNanos);
        reachability.onProbed();
        if (result.isAnswered()) {
            reachability.clear();
            unansweredProbes = 0;
            lingering.heard(nowNanos);
        } else {
            unansweredProbes = Math.min(unansweredProbes, Integer.MAX_VALUE - 1) + 1;
        }
        boolean changed = result.verdict() == ProbeVerdict.FAILED
                ? failed(result, suspect && !result.isAnswered(), struck && !result.isAnswered(), nowNanos)
                : passed(result, nowNanos);
        changed |= maintenance(result, nowNanos);
        return settled(changed, nowNanos);
    }

    private boolean passed(ProbeResult result, long nowNanos) {
        HealthState before = probes.state();
        if (!probes.onPass(nowNanos)) {
            return false;
        }
        String cause = before == HealthState.UNKNOWN ? "first good probe" : inRow(probes.passes()) + " passed";
        log(before, HealthState.UP, cause + probes.waitShown(), result.evidence());
        return true;
    }

    private boolean failed(ProbeResult result, boolean suspect, boolean struck, long nowNanos) {
        HealthState before = probes.state();
        if (struck || result.isRefused()) {
            lingering.gone();
        }
        if (!(suspect ? probes.down(nowNanos) : probes.onFail(result.isAnswered(), nowNanos))) {
            return false;
        }
        boolean first = before == HealthState.UNKNOWN && !result.isAnswered();
        unansweredProbes = first ? Math.max(unansweredProbes, settings.fall()) : unansweredProbes;
        String cause = struck
                ? "a network error, and a probe at once failed too"
                : suspect
                        ? "requests in a row unanswered, and a probe failed too"
                        : first ? "nothing has answered yet" : inRow(probes.fails()) + " failed";
        log(before, HealthState.DOWN, cause, result.evidence());
        outliers.clear();
        return true;
    }

    private boolean maintenance(ProbeResult result, long nowNanos) {
        switch (result.verdict()) {
            case MAINTENANCE -> {
                if (maintenance.onFail(true, nowNanos)) {
                    log.add("serving", "maintenance", "it said so in its answer to a probe", result.evidence());
                    return true;
                }
            }
            case PASSED -> {
                if (maintenance.onPass(nowNanos)) {
                    String cause = inRow(maintenance.passes()) + " passed";
                    log.add("maintenance", "serving", cause + maintenance.waitShown(), result.evidence());
                    return true;
                }
            }
            case FAILED -> maintenance.interrupt();
        }
        return false;
    }

    private static String inRow(int probes) {
        return probes == 1 ? "1 probe" : probes + " probes in a row";
    }

    /** What live traffic showed since the last call. */
    public boolean onLive(LiveSignals signals, long nowNanos) {
        if (signals.isEmpty()) {
            return false;
        }
        unansweredProbes = signals.signsOfLife() > 0 ? 0 : unansweredProbes;
        lingering.onLive(signals, nowNanos);
        boolean changed = reachability.onLive(signals, nowNanos) && unreachable(signals, nowNanos);
        changed |= switch (ejection.state()) {
            case IN, BUSY -> watched(signals, nowNanos);
            case TRIAL -> tried(signals, nowNanos);
            case EJECTED -> false;
        };
        changed |= busy(signals, nowNanos);
        return settled(changed, nowNanos);
    }

    private boolean unreachable(LiveSignals signals, long nowNanos) {
        String cause = "network errors in a row, no response in between";
        String evidence = "the last: " + signals.unreachable() + " ICMP, " + signals.connectFailed()
                + " connections failed, " + signals.reset() + " reset";
        if (!settings.isProbed()) {
            boolean out = ejection.state() == EjectionState.EJECTED || ejection.state() == EjectionState.TRIAL;
            return !out && ejected(new Outlier(cause, 1), evidence, nowNanos);
        }
        HealthState before = probes.state();
        lingering.gone();
        if (!probes.down(nowNanos)) {
            return false;
        }
        log(before, HealthState.DOWN, cause, evidence);
        outliers.clear();
        return true;
    }

    private boolean watched(LiveSignals signals, long nowNanos) {
        if (probes.state() == HealthState.DOWN) {
            return false;
        }
        outliers.onLive(signals, nowNanos);
        Optional<Outlier> outlier = outliers.find(nowNanos);
        refusalLogged &= outlier.isPresent();
        return outlier.isPresent() && ejected(outlier.get(), outliers.counts(nowNanos), nowNanos);
    }

    private boolean ejected(Outlier outlier, String evidence, long nowNanos) {
        Optional<String> refusal = gate.refusal(this, outlier.failureRate(), nowNanos);
        String before = name(ejection.state());
        if (refusal.isPresent()) {
            if (!refusalLogged) {
                log.add(before, before, "not ejected: " + refusal.get(), outlier.cause() + "; " + evidence);
            }
            refusalLogged = true;
            return false;
        }
        long nanos = ejection.eject(nowNanos);
        log.add(before, name(ejection.state()), outlier.cause(), evidence + "; " + until(nanos));
        outliers.clear();
        return true;
    }

    private String until(long nanos) {
        return "trial in " + Times.shown(nanos) + ", ejection " + ejection.count();
    }

    private boolean tried(LiveSignals signals, long nowNanos) {
        if (!ejection.onTrial(signals, nowNanos)) {
            return false;
        }
        String seen = "the last: " + signals.answered() + " served, " + signals.failed() + " failed";
        if (ejection.state() == EjectionState.IN) {
            log.add("trial", "in", settings.passive().trials() + " live requests in a row served", seen);
            outliers.clear();
        } else {
            long nanos = ejection.deadlineNanos().orElse(nowNanos) - nowNanos;
            log.add("trial", "ejected", "live requests failed", seen + "; " + until(nanos));
        }
        return true;
    }

    private boolean busy(LiveSignals signals, long nowNanos) {
        if (signals.busy() == 0) {
            return false;
        }
        EjectionState before = ejection.state();
        if (!ejection.busy(signals.busySeconds(), nowNanos)) {
            return false;
        }
        String evidence = signals.busy() + " answered 503, Retry-After: " + signals.busySeconds();
        log.add(name(before), name(ejection.state()), "it asked for no new calls", evidence);
        return true;
    }

    /** Somebody wants it otherwise. {@code who} is a name for people, for example {@code admin: alice}. */
    public boolean onAdmin(AdminState state, String who, long nowNanos) {
        if (state == admin) {
            return false;
        }
        log.add(name(admin), name(state), who, "");
        admin = state;
        return settled(true, nowNanos);
    }

    /** Its share of what begins; with 0 it is not counted upon for new calls. */
    public void onWeight(int newWeight) {
        weight = newWeight;
    }

    /** Time passed. To be called at {@link #nextDeadlineNanos}, and as often as one likes. */
    public boolean onTick(long nowNanos) {
        EjectionState before = ejection.state();
        if (!ejection.onTick(nowNanos)) {
            return settled(false, nowNanos);
        }
        String cause =
                before == EjectionState.BUSY ? "the time it asked for is over" : "a few live requests may try it";
        log.add(name(before), name(ejection.state()), cause, "");
        return settled(true, nowNanos);
    }

    /** Other settings from now on. States stay, counts begin anew; without probes it is neither up nor down. */
    public boolean onSettings(HealthSettings other, long nowNanos) {
        if (other.equals(settings)) {
            return false;
        }
        settings = other;
        ejection.reconfigure(other.passive());
        outliers = new OutlierDetector(other.passive(), nowNanos);
        reachability = new Reachability(other.passive().window());
        HealthState before = probes.state();
        boolean drains = isInMaintenance();
        probes = riseFall(other.fall(), other.isProbed() ? before : HealthState.UNKNOWN);
        maintenance = riseFall(1, drains && other.isProbed() ? HealthState.DOWN : HealthState.UP);
        if (other.isProbed()) {
            return false;
        }
        lingering.heard(nowNanos);
        unansweredProbes = 0;
        if (before != HealthState.UNKNOWN) {
            log(before, HealthState.UNKNOWN, "it is not probed any more", "");
        }
        if (drains) {
            log.add("maintenance", "serving", "it is not probed any more", "");
        }
        return settled(before != HealthState.UNKNOWN || drains, nowNanos);
    }

    private boolean settled(boolean stateChanged, long nowNanos) {
        boolean changed = lingering.look(probes.state() == HealthState.DOWN, nowNanos) || stateChanged;
        if (changed) {
            // Who was busy is warm.
            boolean takesNew = eligibility() == Eligibility.NEW_AND_ESTABLISHED
                    || (ejection.state() == EjectionState.BUSY && tookNew);
            if (takesNew && !tookNew) {
                upSinceNanos = nowNanos;
            }
            tookNew = takesNew;
        }
        return changed;
    }

    /** What people, discovery and the peer node want. */
    public AdminState admin() {
        return admin;
    }

    public HealthState health() {
        return probes.state();
    }

    public EjectionState ejection() {
        return ejection.state();
    }

    /** Whether it drains by its own word, an OPTIONS answer. */
    public boolean isInMaintenance() {
        return maintenance.state() == HealthState.DOWN;
    }

    /** What may be sent to it by its own state; a pool in panic may raise it. */
    public Eligibility eligibility() {
        AdminState effective = admin == AdminState.READY && isInMaintenance() ? AdminState.DRAIN : admin;
        return Eligibility.of(effective, probes.state(), ejection.state(), lingering.isOn());
    }

    /** Whether somebody is there: what was sent last, a probe or a request, was answered, or few enough were not. */
    public boolean isAnswering() {
        return !lingering.isGone() && (!settings.isProbed() || unansweredProbes < settings.fall());
    }

    /** Which interval the prober takes. */
    public ProbePace pace() {
        if (probes.state() == HealthState.UNKNOWN) {
            return ProbePace.FIRST;
        }
        if (probes.isUndecided() || maintenance.isUndecided() || reachability.isProbeWanted()) {
            return ProbePace.FAST;
        }
        return probes.state() == HealthState.DOWN && probes.passes() == 0 ? ProbePace.DOWN : ProbePace.NORMAL;
    }

    /** True after a network error until the next probe ended: a probe must be sent now, whatever the interval. */
    public boolean wantsProbeNow() {
        return settings.isProbed() && probes.state() != HealthState.DOWN && reachability.isProbeWanted();
    }

    /** When {@link #onTick} has something to do, whatever else happens. */
    public OptionalLong nextDeadlineNanos() {
        return lingering.deadlineOr(ejection.deadlineNanos());
    }

    /** Since when it takes new calls, or took them last: for slow start. */
    public long upSinceNanos() {
        return upSinceNanos;
    }

    public Optional<ProbeResult> lastProbe() {
        return lastProbe;
    }

    /** Why it is as it is, in one line; empty when nothing ever changed. */
    public String reason() {
        return log.last().map(Transition::sentence).orElse("");
    }

    boolean isCountedUpon() {
        return admin == AdminState.READY && weight > 0;
    }

    double failureRate(long nowNanos) {
        return outliers.failureRate(nowNanos);
    }

    private void log(HealthState before, HealthState after, String cause, String evidence) {
        log.add(name(before), name(after), cause, evidence);
    }

    private static String name(Enum<?> state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
