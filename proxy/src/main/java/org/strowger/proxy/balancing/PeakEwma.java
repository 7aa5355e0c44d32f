package org.strowger.proxy.balancing;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.strowger.threading.RunsOn;

/**
 * A latency that rises at once and falls slowly: an observation above the average takes its place, one below it is averaged
 * in with a weight that grows with the time since the one before (the peak-EWMA of Twitter's Finagle). What nobody observes
 * halves each {@link #HALF_LIFE}, so that a slow backend is tried again.
 *
 * <p>Any event loop observes and reads. Value and time share one atomic word, as in {@link RecentLoad}.
 */
@RunsOn(RunsOn.Runner.ANY)
final class PeakEwma {
    static final Duration HALF_LIFE = Duration.ofSeconds(10);

    private static final Decay DECAY = new Decay(HALF_LIFE);
    private static final float NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Upper half: the tick of the last observation. Lower half: the bits of the average then in seconds, a float. */
    private final AtomicLong word = new AtomicLong();

    void observe(long latencyNanos, long nowNanos) {
        float seconds = latencyNanos / NANOS;
        int tick = DECAY.tick(nowNanos);
        while (true) {
            long old = word.get();
            int last = (int) (old >>> 32);
            float kept = Decay.factor(tick - last);
            float average = Float.intBitsToFloat((int) old);
            int time = tick - last > 0 || old == 0 ? tick : last;
            float next = seconds >= average * kept ? seconds : average * kept + seconds * (1 - kept);
            if (word.compareAndSet(old, (long) time << 32 | (Float.floatToRawIntBits(next) & 0xFFFF_FFFFL))) {
                return;
            }
        }
    }

    /** In seconds; 0 when nothing has been observed for long. */
    float seconds(long nowNanos) {
        long now = word.get();
        return Float.intBitsToFloat((int) now) * Decay.factor(DECAY.tick(nowNanos) - (int) (now >>> 32));
    }
}
