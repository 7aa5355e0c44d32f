package org.strowger.health.probe;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.strowger.health.ProbePace;
import org.strowger.health.ProbeResult;
import org.strowger.health.ProbeVerdict;
import org.strowger.threading.RunsOn;

/**
 * Probes one backend again and again: when to ask, when to ask once more, when to give up.
 *
 * <p>A question is put twice if need be: after {@value #REPEAT_PERCENT} % of the timeout without an answer it is repeated, and the
 * rest of the timeout runs from then, so that neither a lost datagram nor a pause of our own makes a probe fail. So it is once
 * more when the time-out itself was late ({@link Punctuality}).
 *
 * <p>The first question, and each one while nothing is known of the backend, is put again and again until the longer first
 * timeout is over: what is cold, here or there, is slow, and to begin anew would make it slower. Only time in which this
 * thread was awake counts.
 *
 * <p>On the thread of {@code loop}, except {@link #figures}.
 */
@RunsOn(RunsOn.Runner.CONTROL)
public final class Prober implements AutoCloseable, ProbeSink {
    private static final int REPEAT_PERCENT = 40;
    /** Between the starts of two probes, however urgent. */
    private static final long MIN_GAP_NANOS = 10_000_000;

    /**
     * Probes begin at multiples of this, so that those of many backends share a wake-up of the thread, which costs more than a
     * probe. The answers to the first of such a batch are read when its last is sent.
     */
    private static final long GRID_NANOS = 5_000_000;

    /** Where the present question stands. */
    private enum State {
        WAITING,
        ASKED,
        REPEATED,
        CLOSED
    }

    private final ProbeSettings settings;
    private final ProbeListener listener;
    private final EventExecutor loop;
    private final Ticker ticker;
    private final RandomGenerator random;
    private final Probe probe;

    private final Punctuality punctuality = new Punctuality();

    private State state = State.WAITING;
    private ProbePace pace = ProbePace.FIRST;
    private boolean urgent;
    private boolean refused;
    private long begunNanos;
    /** Of the open question. */
    private Duration timeout;

    private int repeats;
    /** Until then the open question is put again instead of given up; long ago if it is an ordinary one. */
    private long patientUntilNanos;

    private @Nullable Future<?> timer;
    /** Written by the probing thread only; read by any. */
    private volatile ProbeFigures figures;

    Prober(
            ProbeSettings settings,
            ProbeListener listener,
            EventExecutor loop,
            Ticker ticker,
            RandomGenerator random,
            Function<ProbeSink, Probe> probe) {
        this.settings = settings;
        this.listener = listener;
        this.loop = loop;
        this.ticker = ticker;
        this.random = random;
        this.timeout = settings.timeout();
        this.begunNanos = ticker.nanoTime() - MIN_GAP_NANOS;
        this.figures = ProbeFigures.none(ticker.nanoTime());
        this.probe = probe.apply(this);
    }

    /** The first probe begins after {@code delay}. */
    void start(Duration delay) {
        arm(onGrid(ticker.nanoTime() + delay.toNanos()));
    }

    /** What is known so far; from any thread. */
    public ProbeFigures figures() {
        return figures;
    }

    /** Changes the interval, that one too which is running. */
    public void setPace(ProbePace wanted) {
        if (pace == wanted) {
            return;
        }
        pace = wanted;
        // The first probe comes when it was to come, whatever is known by then.
        if (state == State.WAITING && timer != null && figures.sent() > 0) {
            arm(nextNanos());
        }
    }

    /** Something says that the backend has changed: probes at once, or repeats the question that is open. */
    public void probeNow() {
        switch (state) {
            case WAITING -> {
                urgent = true;
                if (timer != null) {
                    arm(nextNanos());
                }
            }
            case ASKED -> repeat();
            case REPEATED, CLOSED -> {}
        }
    }

    @Override
    public void close() {
        state = State.CLOSED;
        disarm();
        probe.close();
    }

    @Override
    public void answered(ProbeAnswer answer) {
        end(answer.verdict(settings.expected()), answer.shown(), answer.load(), true);
    }

    @Override
    public void succeeded(String what) {
        end(ProbeVerdict.PASSED, what, Optional.empty(), true);
    }

    @Override
    public void failed(String what) {
        end(ProbeVerdict.FAILED, what, Optional.empty(), false);
    }

    @Override
    public void refused(String what) {
        refused = true;
        failed(what);
        refused = false;
    }

    @Override
    public void disturbed() {
        if (state == State.WAITING) {
            probeNow();
        }
    }

    private void arm(long atNanos) {
        disarm();
        if (state == State.WAITING) {
            figures = figures.due(atNanos);
        }
        punctuality.due(atNanos);
        timer = loop.schedule(this::wake, Math.max(0, atNanos - ticker.nanoTime()), TimeUnit.NANOSECONDS);
    }

    private void disarm() {
        Future<?> armed = timer;
        timer = null;
        if (armed != null) {
            armed.cancel(false);
        }
    }

    private void wake() {
        timer = null;
        long now = ticker.nanoTime();
        patientUntilNanos += punctuality.lateNanos(now);
        switch (state) {
            case WAITING -> begin();
            case ASKED -> repeat();
            case REPEATED -> {
                if (isPatient(now) || punctuality.excuses(now)) {
                    repeat();
                } else {
                    giveUp();
                }
            }
            case CLOSED -> {}
        }
    }

    private void begin() {
        boolean isFirst = pace == ProbePace.FIRST || figures.sent() == 0;
        timeout = isFirst ? settings.firstTimeout() : settings.timeout();
        repeats = 0;
        urgent = false;
        punctuality.begin();
        begunNanos = ticker.nanoTime();
        patientUntilNanos = begunNanos;
        figures = figures.begun(begunNanos);
        state = State.ASKED;
        probe.begin();
        if (state == State.ASKED) {
            if (timeout.compareTo(settings.timeout()) > 0) {
                // From now: the first question of a kind loads what it needs.
                patientUntilNanos = ticker.nanoTime() + timeout.toNanos();
            }
            arm(ticker.nanoTime() + repeatAfterNanos());
        }
    }

    private void repeat() {
        state = State.REPEATED;
        if (probe.mayBeLost()) {
            repeats++;
            probe.repeat();
        }
        if (state == State.REPEATED) {
            long now = ticker.nanoTime();
            long rest = settings.timeout().toNanos() - repeatAfterNanos();
            arm(now + (isPatient(now) ? Math.min(rest, patientUntilNanos - now) : rest));
        }
    }

    private boolean isPatient(long nowNanos) {
        return nowNanos - patientUntilNanos < 0;
    }

    private long repeatAfterNanos() {
        return settings.timeout().toNanos() / 100 * REPEAT_PERCENT;
    }

    private void giveUp() {
        String noise = probe.noise();
        probe.abandon();
        end(
                ProbeVerdict.FAILED,
                "no answer within " + timeout.toMillis() + " ms" + (noise.isEmpty() ? "" : "; " + noise),
                Optional.empty(),
                false);
    }

    private void end(ProbeVerdict verdict, String what, Optional<ReportedLoad> load, boolean cameBack) {
        if (state == State.CLOSED || state == State.WAITING) {
            return;
        }
        long tookNanos = ticker.nanoTime() - begunNanos;
        String repeated = repeats == 0 ? "" : repeats == 1 ? ", sent twice" : ", sent " + (repeats + 1) + " times";
        String evidence =
                probe.question() + ": " + what + " after " + millis(tookNanos) + " ms" + repeated + punctuality.shown();
        state = State.WAITING;
        disarm();
        ProbeResult result = new ProbeResult(verdict, cameBack ? tookNanos : -1, evidence, refused);
        figures = figures.ended(result);
        listener.probed(result, load);
        if (state == State.WAITING && timer == null) {
            arm(nextNanos());
        }
    }

    private long nextNanos() {
        long now = ticker.nanoTime();
        if (urgent) {
            return Math.max(begunNanos + MIN_GAP_NANOS - now, 0) + now;
        }
        long intervalNanos = settings.interval(pace).toNanos();
        long jitterNanos = (long) (intervalNanos * settings.jitter() * (2 * random.nextDouble() - 1));
        return onGrid(now + Math.max(begunNanos + intervalNanos + jitterNanos - now, 0));
    }

    private static long onGrid(long nanos) {
        return nanos + Math.floorMod(-nanos, GRID_NANOS);
    }

    /** With one decimal. */
    private static String millis(long nanos) {
        long tenths = (nanos + 50_000) / 100_000;
        return tenths / 10 + "." + tenths % 10;
    }
}
