package org.strowger.proxy.forwarding;

import static org.strowger.proxy.inflight.InFlightRequest.CANCELLED;
import static org.strowger.proxy.inflight.InFlightRequest.CANCEL_DUE;
import static org.strowger.proxy.inflight.InFlightRequest.ENDED;
import static org.strowger.proxy.inflight.InFlightRequest.FINAL;
import static org.strowger.proxy.inflight.InFlightRequest.HEARD;
import static org.strowger.proxy.inflight.InFlightRequest.NEVER;
import static org.strowger.proxy.inflight.InFlightRequest.NOBODY;

import io.netty.util.concurrent.Ticker;
import org.strowger.proxy.inflight.AnsweredInvites;
import org.strowger.proxy.inflight.BytePool;
import org.strowger.proxy.inflight.EntryList;
import org.strowger.proxy.inflight.InFlightRequest;
import org.strowger.proxy.inflight.InFlightTable;
import org.strowger.proxy.inflight.TimerWheel;
import org.strowger.proxy.routing.Forward;
import org.strowger.proxy.routing.Ingress;
import org.strowger.proxy.routing.Pool;
import org.strowger.proxy.routing.Redispatch;
import org.strowger.proxy.routing.RetryBudget;
import org.strowger.sip.SipMessage;
import org.strowger.threading.RunsOn;

/** The steps in the life of a request in flight: kept, given to another backend, cancelled, answered, forgotten. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class InFlightLifecycle {
    static final long MILLIS = 1_000_000L;

    /** RFC 3261 section 17.1.1.1. */
    static final long T1 = 500 * MILLIS;

    static final long T2 = 4_000 * MILLIS;

    /** 64 * T1: how long a request is repeated, hence how long a repetition may still come. */
    static final long REPEATS = RequestProtection.REMEMBERED.toNanos();

    /** How long an attempt that was never heard of may still wake up: its host may have been suspended. */
    private static final long UNHEARD = 180_000 * MILLIS;

    /** Timer C, which must be above 3 minutes (section 16.6 step 11). */
    static final long TIMER_C = 181_000 * MILLIS;

    /** An INVITE without any response for so long gets 100 (section 17.2.1), and is repeated once. */
    private static final long TRYING_AFTER = 200 * MILLIS;

    /** Where silence is not taken for failure: how long a CANCEL waits for a provisional response. */
    private static final long CANCEL_WAITS = 2_000 * MILLIS;

    /** A backend that wakes up may answer right after its 180, and its 2xx is as good as any other: no CANCEL before that. */
    private static final long CANCEL_DUE_AFTER = 100 * MILLIS;

    /** Requests looked at for the memory of one. */
    private static final int MOST_CUT = 32;

    private final int loop;
    private final InFlightTable table;
    private final AnsweredInvites answered;
    private final TimerWheel wheel;
    private final Ticker ticker;
    private final long origin;
    private final PathObserver observer;
    private final AttemptSender sender;
    private long nowNanos;

    InFlightLifecycle(int loop, RequestProtection protection, PathObserver observer, AttemptSender sender) {
        this.loop = loop;
        this.table = protection.table();
        this.answered = protection.answered();
        this.ticker = protection.ticker();
        this.origin = ticker.nanoTime();
        this.wheel = new TimerWheel(0);
        this.observer = observer;
        this.sender = sender;
    }

    /** Once for each thing that happens. */
    void readClock() {
        nowNanos = ticker.nanoTime() - origin;
    }

    /** Nanoseconds since the beginning. */
    long now() {
        return nowNanos;
    }

    TimerWheel wheel() {
        return wheel;
    }

    /** A request has left for the first time. Keeps it if its pool wants that. */
    void add(SipMessage m, Forward f, Ingress in, Pool pool) {
        Redispatch policy = pool.redispatch();
        long now = now();
        policy.request(loop, now);
        int block = memory(m.end() - m.start());
        if (block == BytePool.NONE) {
            observer.inFlight(InFlightEvent.UNPROTECTED);
            return;
        }
        InFlightRequest e = table.add(f.transactionHash());
        e.keep(m, in, pool, f.callIdHash(), table.bytes(), block);
        e.attempt(f.target());
        observer.inFlight(InFlightEvent.ADDED);
        observer.attemptBegan(f.target());
        wait(e, now);
    }

    /** A block for one more entry, or {@link BytePool#NONE}. */
    private int memory(int length) {
        InFlightRequest oldest = table.isFull() ? table.oldestFinished() : null;
        if (oldest != null) {
            observer.inFlight(InFlightEvent.EVICTED);
            if (oldest.isInvite() && oldest.answeredBy() != NOBODY) {
                remember(oldest);
            }
            forget(oldest);
        }
        if (table.isFull()) {
            return BytePool.NONE;
        }
        int block = table.bytes().take(length);
        return block == BytePool.NONE ? memoryOfRinging(length) : block;
    }

    /** What rings has more time than what is new: it gives up its bodies, which it needs only if its backend dies. */
    private int memoryOfRinging(int length) {
        BytePool memory = table.bytes();
        int block = BytePool.NONE;
        for (int looked = 0; looked < MOST_CUT && block == BytePool.NONE; looked++) {
            InFlightRequest oldest = table.ringing().first();
            if (oldest == null) {
                return BytePool.NONE;
            }
            table.proceeding().add(oldest);
            if (oldest.shrink(memory)) {
                observer.inFlight(InFlightEvent.CUT);
                block = memory.take(length);
            }
        }
        return block;
    }

    /** What a late repetition needs. */
    private void remember(InFlightRequest e) {
        long backend = e.target(e.answeredBy()).identity();
        if (!answered.add(e.transactionHash(), e.callIdHash(), backend, e.answeredBy(), origin + nowNanos)) {
            observer.inFlight(InFlightEvent.EVICTED);
        }
    }

    /** Sets all times for an attempt that has just been sent. */
    private void wait(InFlightRequest e, long now) {
        long after = e.pool().redispatch().afterNanos(e.method());
        table.waiting().add(e);
        e.giveUpNanos = after == NEVER ? NEVER : now + after;
        if (e.isInvite() || e.attempts() == 1) {
            // Timer F of the client runs from its first request, however many backends are asked (RFC 4320).
            e.limitNanos = now + REPEATS;
        }
        boolean datagram = e.target(e.living()).transport().isDatagram();
        if (e.isInvite()) {
            long trying = Math.min(TRYING_AFTER, after / 5 * 2);
            e.repeatNanos = datagram || !e.isTryingSent() ? now + trying : NEVER;
        } else {
            // A client that speaks UDP repeats by itself, because it gets no 100.
            e.repeatNanos = datagram && e.ingress().flow() != 0 ? now + T1 : NEVER;
        }
        e.repeatPauseNanos = T1;
        arm(e);
    }

    void arm(InFlightRequest e) {
        wheel.arm(e, e.nextNanos());
    }

    /** Gives the request to a backend that has not been tried. False when that cannot or may not be. */
    boolean redispatch(InFlightRequest e, RedispatchCause cause) {
        boolean gone = cause == RedispatchCause.GONE;
        if (!isFree(e) || (e.isRinging() && !gone)) {
            return false;
        }
        long now = now();
        Redispatch policy = e.pool().redispatch();
        RetryBudget budget = gone ? policy.leaveBudget(loop) : policy.budget(loop);
        if (!budget.allows(now)) {
            observer.inFlight(InFlightEvent.BUDGET_EXHAUSTED);
            return false;
        }
        int old = e.living();
        if (!sender.toAnother(e)) {
            observer.inFlight(InFlightEvent.NOBODY_LEFT);
            return false;
        }
        budget.retry(now);
        observer.redispatched(e.target(old), cause);
        end(e, old);
        observer.attemptBegan(e.target(e.living()));
        wait(e, now);
        if (gone) {
            // It may be alive behind a network that is not.
            cancel(e, old);
        }
        return true;
    }

    private static boolean isFree(InFlightRequest e) {
        return !e.isDone() && !e.isCancelled() && e.attempts() < InFlightRequest.MAX_ATTEMPTS;
    }

    /** True for what would leave a backend that is gone if the budget allowed it. */
    boolean isOverBudget(InFlightRequest e) {
        return isFree(e)
                && e.isWhole()
                && !e.pool().redispatch().leaveBudget(loop).allows(now());
    }

    /** Some response of an attempt came. */
    void heard(InFlightRequest e, int attempt) {
        e.set(attempt, HEARD);
        if (attempt == e.living() && !e.isDone()) {
            table.waiting().remove(e);
            e.giveUpNanos = NEVER;
            e.repeatNanos = NEVER;
            if (e.isInvite()) {
                e.limitNanos = now() + TIMER_C;
                if (EntryList.isFree(e)) {
                    table.proceeding().add(e);
                }
            }
            arm(e);
        }
    }

    /** A provisional response above 100 of the living attempt goes upstream. */
    void rings(InFlightRequest e) {
        if (e.isRinging()) {
            return;
        }
        e.setRinging();
        if (!e.pool().redispatch().leavesRinging()) {
            e.keepHead(table.bytes());
        } else if (e.isWhole()) {
            table.ringing().add(e);
        }
    }

    /** The client gives up: no other backend is tried, and the living attempt is cancelled once it was heard of. */
    void cancelledByClient(InFlightRequest e) {
        e.setCancelled();
        if (e.is(e.living(), HEARD)) {
            cancel(e, e.living());
            return;
        }
        long after = e.pool().redispatch().afterNanos(e.method());
        e.repeatNanos = NEVER;
        e.giveUpNanos = now() + (after == NEVER ? CANCEL_WAITS : after);
        arm(e);
    }

    /** Sends a CANCEL, once; repeated until it is answered. */
    void cancel(InFlightRequest e, int attempt) {
        if (e.is(attempt, CANCELLED | FINAL)) {
            return;
        }
        e.set(attempt, CANCELLED);
        sender.cancel(e, attempt);
        long now = now();
        e.cancelPauseNanos = T1;
        e.cancelNanos = now + T1;
        e.cancelLimitNanos = now + REPEATS;
        // Once cancelled, its failure is repeated for as long again.
        e.limitNanos = Math.max(e.limitNanos, e.cancelLimitNanos + (e.isDone() ? REPEATS : 0));
        arm(e);
    }

    /** An attempt that was given up rings after all: a CANCEL in a moment, unless it is over by then. */
    void cancelSoon(InFlightRequest e, int attempt) {
        if (e.is(attempt, CANCELLED | CANCEL_DUE | FINAL)) {
            return;
        }
        e.set(attempt, CANCEL_DUE);
        long due = now() + CANCEL_DUE_AFTER;
        if (due < e.cancelNanos) {
            e.cancelNanos = due;
            e.cancelPauseNanos = T1;
        }
        e.cancelLimitNanos = now() + REPEATS;
        e.limitNanos = Math.max(e.limitNanos, e.cancelLimitNanos);
        arm(e);
    }

    /** Sends the CANCELs that were put off. True when there was one. */
    boolean cancelDue(InFlightRequest e) {
        boolean any = false;
        for (int i = 0; i < e.attempts(); i++) {
            if (e.is(i, CANCEL_DUE) && !e.is(i, CANCELLED | FINAL)) {
                cancel(e, i);
                any = true;
            }
        }
        return any;
    }

    /** Cancels every attempt that was heard of and is not over, but for one. */
    void cancelOthers(InFlightRequest e, int except) {
        for (int i = 0; i < e.attempts(); i++) {
            if (i != except && e.is(i, HEARD)) {
                cancel(e, i);
            }
        }
    }

    /** A final response goes upstream: that of an attempt. */
    void answered(InFlightRequest e, int attempt) {
        e.done(attempt, 0);
        boolean single = e.attempts() == 1;
        if (single) {
            // Servers repeat their answer to other methods; clients on connections do not repeat.
            if (e.isInvite() && e.ingress().flow() == 0) {
                remember(e);
            }
            forget(e);
            return;
        }
        if (e.isInvite()) {
            e.keepHead(table.bytes());
        } else {
            e.release(table.bytes());
        }
        linger(e);
    }

    /** We answer ourselves. */
    void finish(InFlightRequest e, int status) {
        sender.reply(e, status);
        e.done(NOBODY, status);
        cancelOthers(e, NOBODY);
        if (e.isInvite()) {
            e.keepHead(table.bytes());
            if (e.ingress().flow() == 0) {
                e.repeatPauseNanos = T1;
                e.repeatNanos = now() + T1;
            }
        } else {
            e.release(table.bytes());
        }
        linger(e);
    }

    private void linger(InFlightRequest e) {
        boolean unheard = false;
        for (int i = 0; i < e.attempts(); i++) {
            unheard |= !e.is(i, HEARD | FINAL);
        }
        table.finished().add(e);
        long until = now() + (unheard && e.isInvite() ? UNHEARD : REPEATS);
        e.limitNanos = Math.max(until, e.cancelNanos == NEVER ? 0 : e.cancelLimitNanos + REPEATS);
        arm(e);
    }

    /** That attempt is over. */
    void end(InFlightRequest e, int attempt) {
        if (!e.is(attempt, ENDED)) {
            e.set(attempt, ENDED);
            observer.attemptEnded(e.target(attempt));
        }
    }

    /** Forgets all of it. */
    void forget(InFlightRequest e) {
        for (int i = 0; i < e.attempts(); i++) {
            end(e, i);
        }
        wheel.disarm(e);
        table.remove(e);
        observer.inFlight(InFlightEvent.REMOVED);
    }
}
