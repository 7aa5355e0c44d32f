package org.strowger.proxy.calls;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.strowger.proxy.balancing.BackendLoad;
import org.strowger.threading.RunsOn;

/**
 * One call of a backend, from the pick of its INVITE to its end or until its time is over. Any event loop changes it.
 *
 * <p>State and deadline are one word. Whoever changes it to ended, and nobody else, counts the call off, so a call that
 * ends twice, or on two loops at once, is counted off once. 32 bytes.
 */
@RunsOn(RunsOn.Runner.ANY)
final class Lease extends CallKey {
    private static final VarHandle WORD;
    private static final int PENDING = 0;
    private static final int CONFIRMED = 1;
    private static final int ENDED = 2;

    static {
        try {
            WORD = MethodHandles.lookup().findVarHandle(Lease.class, "word", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final BackendLoad load;
    /** Bits 62..63: state. Bits 32..61: the session's interval in seconds. Bits 0..31: the deadline in seconds. */
    @SuppressWarnings("FieldMayBeFinal") // written through its handle
    private volatile long word;

    Lease(long hash, BackendLoad load, int deadlineSeconds) {
        super(hash);
        this.load = load;
        this.word = word(PENDING, 0, deadlineSeconds);
    }

    BackendLoad load() {
        return load;
    }

    boolean isEnded() {
        return state(word) == ENDED;
    }

    /** Sets the time of a call that is not answered yet; without effect on any other. */
    void extend(int deadlineSeconds) {
        long old = word;
        if (state(old) == PENDING) {
            // Lost only to somebody who ends or confirms it at this moment.
            WORD.compareAndSet(this, old, word(PENDING, 0, deadlineSeconds));
        }
    }

    /** The same, unless it has more time already. */
    void prolong(int deadlineSeconds) {
        if (deadlineSeconds - (int) word > 0) {
            extend(deadlineSeconds);
        }
    }

    /** The call is answered. */
    void confirm(int intervalSeconds, int deadlineSeconds) {
        long old;
        do {
            old = word;
        } while (state(old) != ENDED
                && !WORD.compareAndSet(this, old, word(CONFIRMED, intervalSeconds, deadlineSeconds)));
    }

    /** The seconds that an answered call was given last, or 0. */
    int intervalSeconds() {
        return (int) (word >>> 32) & 0x3FFF_FFFF;
    }

    /** True for the one caller that ends it. */
    boolean end() {
        long old;
        do {
            old = word;
            if (state(old) == ENDED) {
                return false;
            }
        } while (!WORD.compareAndSet(this, old, word(ENDED, 0, 0)));
        return true;
    }

    /** True for the one caller that ends it, unless it is answered. */
    boolean endPending() {
        long old;
        do {
            old = word;
            if (state(old) != PENDING) {
                return false;
            }
        } while (!WORD.compareAndSet(this, old, word(ENDED, 0, 0)));
        return true;
    }

    /** True for the one caller that ends it because its time is over. */
    boolean expire(int nowSeconds) {
        long old = word;
        return state(old) != ENDED && nowSeconds - (int) old >= 0 && WORD.compareAndSet(this, old, word(ENDED, 0, 0));
    }

    private static int state(long word) {
        return (int) (word >>> 62);
    }

    private static long word(int state, int intervalSeconds, int deadlineSeconds) {
        return (long) state << 62 | (long) intervalSeconds << 32 | (deadlineSeconds & 0xFFFF_FFFFL);
    }
}
