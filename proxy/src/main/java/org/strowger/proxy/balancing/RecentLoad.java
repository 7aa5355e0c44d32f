package org.strowger.proxy.balancing;

import java.util.concurrent.atomic.AtomicLong;
import org.strowger.threading.RunsOn;

/**
 * The number of recent picks, each counting half after a half-life. Any event loop adds to it and reads it.
 *
 * <p>Value and time of last change share one atomic word, so an addition is one compare-and-set, retried when another
 * loop was faster, and none is lost. Decay happens when the value is read or added to. What races remain: two counters
 * are not read at one instant, so a backend may be judged by a load that is a few picks old.
 */
@RunsOn(RunsOn.Runner.ANY)
final class RecentLoad {
    /** Upper half: the tick of the last change. Lower half: the bits of the value then, a float. */
    private final AtomicLong word = new AtomicLong();

    float at(int tick) {
        return decayed(word.get(), tick);
    }

    void add(float picks, int tick) {
        while (true) {
            long old = word.get();
            int last = (int) (old >>> 32);
            int time = tick - last > 0 || old == 0 ? tick : last;
            int value = Float.floatToRawIntBits(decayed(old, time) + picks);
            long changed = (long) time << 32 | (value & 0xFFFF_FFFFL);
            if (word.compareAndSet(old, changed)) {
                return;
            }
        }
    }

    private static float decayed(long word, int tick) {
        return Float.intBitsToFloat((int) word) * Decay.factor(tick - (int) (word >>> 32));
    }
}
