package org.strowger.proxy.forwarding;

import static org.strowger.proxy.inflight.InFlightRequest.NEVER;

import org.strowger.proxy.inflight.EntryList;
import org.strowger.proxy.inflight.InFlightRequest;
import org.strowger.proxy.inflight.InFlightTable;
import org.strowger.proxy.routing.RoutingSnapshot;
import org.strowger.proxy.routing.Target;
import org.strowger.threading.RunsOn;

/**
 * Takes requests away from backends that were found dead: what waits for one that is down, and the calls that ring at one
 * that is gone (decision 0027). Looks at them when there is a new snapshot, and while something is left to do.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class DeadBackends {
    /** Who answers after it was found to be gone lives, unless that was an answer on its way: then nothing follows. */
    private static final long PATIENCE = 1_000 * InFlightLifecycle.MILLIS;

    /** How long a call waits for the budget: three times its window. */
    private static final long BUDGET_PATIENCE = InFlightLifecycle.REPEATS;

    private static final long BUDGET_PAUSE = 100 * InFlightLifecycle.MILLIS;

    private final InFlightTable table;
    private final InFlightLifecycle life;
    private final AttemptSender sender;
    private final PathObserver observer;
    private RoutingSnapshot last = RoutingSnapshot.EMPTY;
    /** When to look again although the snapshot is the same. */
    private long againNanos = NEVER;

    DeadBackends(InFlightTable table, InFlightLifecycle life, AttemptSender sender, PathObserver observer) {
        this.table = table;
        this.life = life;
        this.sender = sender;
        this.observer = observer;
    }

    /** What is at a backend that was found dead since the last call need not wait any longer. */
    void look() {
        RoutingSnapshot now = sender.snapshot();
        if (now == last && life.now() < againNanos) {
            return;
        }
        againNanos = NEVER;
        if (now != last) {
            last = now;
            leaveWaiting(now);
        }
        leave(table.proceeding(), now);
        leave(table.ringing(), now);
    }

    private void leaveWaiting(RoutingSnapshot now) {
        InFlightRequest e = table.waiting().first();
        while (e != null) {
            InFlightRequest next = table.waiting().after(e);
            if (now.isDead(e.target(e.living()))) {
                life.redispatch(e, RedispatchCause.SILENCE);
            }
            e = next;
        }
    }

    private void leave(EntryList list, RoutingSnapshot now) {
        InFlightRequest e = list.first();
        while (e != null) {
            InFlightRequest next = list.after(e);
            if (mustLeave(e, now)) {
                leave(e);
            }
            e = next;
        }
    }

    private void leave(InFlightRequest e) {
        if (life.isOverBudget(e)) {
            againNanos = Math.min(againNanos, life.now() + BUDGET_PAUSE);
            if (e.giveUpNanos == NEVER) {
                observer.inFlight(InFlightEvent.BUDGET_EXHAUSTED);
                e.giveUpNanos = life.now() + BUDGET_PATIENCE;
                life.arm(e);
            }
        } else if (!life.redispatch(e, RedispatchCause.GONE)) {
            refuse(e);
        }
    }

    /** The caller learns it at once. */
    private void refuse(InFlightRequest e) {
        sender.abandon(e);
        life.finish(e, e.isCancelled() ? 487 : 500);
    }

    /** The budget did not allow in time to give it to another backend. */
    void giveUp(InFlightRequest e) {
        if (mustLeave(e, sender.snapshot())) {
            refuse(e);
        }
    }

    /** It rings at that moment, so its backend lives, whatever the snapshot says; but for how long? */
    void rings(InFlightRequest e) {
        if (sender.snapshot().isGone(e.target(e.living()))) {
            againNanos = Math.min(againNanos, life.now() + PATIENCE);
        }
    }

    private boolean mustLeave(InFlightRequest e, RoutingSnapshot now) {
        Target backend = e.target(e.living());
        if (!now.isGone(backend) || (e.isRinging() && !e.pool().redispatch().leavesRinging())) {
            return false;
        }
        if (!now.hasAnsweredSince(backend)) {
            return true;
        }
        long responses = backend.responses();
        if (responses != e.seenResponses) {
            e.seenResponses = responses;
            e.seenNanos = life.now();
        }
        long until = e.seenNanos + PATIENCE;
        if (life.now() >= until) {
            return true;
        }
        againNanos = Math.min(againNanos, until);
        return false;
    }
}
