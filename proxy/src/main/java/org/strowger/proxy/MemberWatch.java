package org.strowger.proxy;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.strowger.discovery.Backend;
import org.strowger.health.BackendHealth;
import org.strowger.health.probe.ProbeFigures;
import org.strowger.health.probe.Prober;
import org.strowger.proxy.admin.MemberHealth;
import org.strowger.threading.RunsOn;

/** One backend as a member of one pool: its health, its prober, and what its event loops have counted. */
@RunsOn(RunsOn.Runner.CONTROL)
final class MemberWatch {
    private final Backend backend;
    private final BackendHealth health;
    private final LiveReadings live;
    private @Nullable Prober prober;
    /** Written on the control loop; read by any thread. */
    private volatile Optional<Prober> shownProber = Optional.empty();
    /** Written on the control loop; read by any thread. */
    private volatile MemberHealth.State shown;

    MemberWatch(Backend backend, BackendHealth health, LiveReadings live, MemberHealth.State shown) {
        this.backend = backend;
        this.health = health;
        this.live = live;
        this.shown = shown;
    }

    Backend backend() {
        return backend;
    }

    BackendHealth health() {
        return health;
    }

    LiveReadings live() {
        return live;
    }

    void probeBy(Prober fresh) {
        stopProbing();
        prober = fresh;
        shownProber = Optional.of(fresh);
    }

    void stopProbing() {
        Prober old = prober;
        prober = null;
        shownProber = Optional.empty();
        if (old != null) {
            old.close();
        }
    }

    /** Tells the prober what the state asks for. */
    void steer() {
        Prober active = prober;
        if (active != null) {
            active.setPace(health.pace());
            if (health.wantsProbeNow()) {
                active.probeNow();
            }
        }
    }

    void show(MemberHealth.State state) {
        shown = state;
    }

    /** From any thread. */
    MemberHealth.State shown() {
        return shown;
    }

    /** From any thread; empty when it is not probed. */
    Optional<ProbeFigures> figures() {
        return shownProber.map(Prober::figures);
    }
}
