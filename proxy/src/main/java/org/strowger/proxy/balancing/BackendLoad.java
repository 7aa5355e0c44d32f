package org.strowger.proxy.balancing;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.strowger.threading.RunsOn;

/**
 * What one backend has to do right now: its calls, the requests that it has not answered, how long its answers take, and
 * what it says itself. A backend of two pools has one. Any event loop counts and reads.
 *
 * <p>Calls and requests are one atomic number each, not one per loop: a call that begins on one loop may end on
 * another, a pick reads two backends, and a call costs each number two atomic steps in its life.
 */
@RunsOn(RunsOn.Runner.ANY)
public final class BackendLoad {
    /** What a request without an answer counts as, at least: more than any backend should take. */
    private static final long NO_RESPONSE_NANOS = Duration.ofSeconds(1).toNanos();

    private final long identity;
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();
    private final PeakEwma live = new PeakEwma();
    private final PeakEwma probed = new PeakEwma();
    private volatile Reported reported = new Reported(0, false, 0);
    private final DialogSample dialogs = new DialogSample();
    private volatile boolean leasesCalls;
    private volatile boolean measuresRequests;

    /** One report; {@code present} is false before the first. */
    private record Reported(double load, boolean present, long atNanos) {}

    /** @param identity a number that stands for the backend, the same for ever */
    public BackendLoad(long identity) {
        this.identity = identity;
    }

    public long identity() {
        return identity;
    }

    /** Calls that have begun, or are about to, and have not ended; kept while {@link #leasesCalls()}. */
    public int calls() {
        return calls.get();
    }

    /** Its dialogs, for those who want to know about how many; kept unless {@link #leasesCalls()}. */
    public DialogSample dialogs() {
        return dialogs;
    }

    /** Requests without an answer so far; kept while {@link #measuresRequests()}. */
    public int requests() {
        return requests.get();
    }

    /** Whether somebody needs to know its calls, so that each must have a lease. */
    public boolean leasesCalls() {
        return leasesCalls;
    }

    /** Whether somebody needs to know its requests or its latency. */
    public boolean measuresRequests() {
        return measuresRequests;
    }

    /** What is wanted from now on; by the control loop. */
    public void want(boolean leases, boolean measurements) {
        leasesCalls = leases;
        measuresRequests = measurements;
    }

    /** Counts a call unless there are {@code most} already; 0 is no limit. */
    boolean beginCall(int most) {
        if (most == 0) {
            calls.incrementAndGet();
            return true;
        }
        while (true) {
            int now = calls.get();
            if (now >= most) {
                return false;
            }
            if (calls.compareAndSet(now, now + 1)) {
                return true;
            }
        }
    }

    /** Counts a call whatever the limits. */
    public void callBegan() {
        calls.incrementAndGet();
    }

    /** Takes back one that began. */
    public void callEnded() {
        calls.decrementAndGet();
    }

    public void requestBegan() {
        requests.incrementAndGet();
    }

    /** A request that began is answered, or given up. */
    public void requestEnded() {
        requests.decrementAndGet();
    }

    /** The first answer that counts came after that time. */
    public void answered(long latencyNanos, long nowNanos) {
        live.observe(latencyNanos, nowNanos);
    }

    /** A request was given up without an answer. */
    public void noResponse(long nowNanos) {
        live.observe(NO_RESPONSE_NANOS, nowNanos);
    }

    /** A probe was answered after that time. */
    public void probeAnswered(long rttNanos, long nowNanos) {
        probed.observe(rttNanos, nowNanos);
    }

    /** What it says itself, as of now. */
    public void reports(LoadReport report, long nowNanos) {
        reported = new Reported(report.load(), true, nowNanos);
    }

    /** Seconds that it takes to answer, by live traffic or by probes, whichever is more. */
    double latencySeconds(long nowNanos) {
        return Math.max(live.seconds(nowNanos), probed.seconds(nowNanos));
    }

    /** Its own figure, or -1 when there is none as young as {@code maxAgeNanos}. */
    double reportedLoad(long nowNanos, long maxAgeNanos) {
        Reported last = reported;
        return last.present() && nowNanos - last.atNanos() <= maxAgeNanos ? last.load() : -1;
    }
}
