package org.strowger.proxy.forwarding;

import static org.strowger.proxy.inflight.InFlightRequest.CANCELLED;
import static org.strowger.proxy.inflight.InFlightRequest.CANCEL_ANSWERED;
import static org.strowger.proxy.inflight.InFlightRequest.FINAL;
import static org.strowger.proxy.inflight.InFlightRequest.HEARD;
import static org.strowger.proxy.inflight.InFlightRequest.JUDGED;
import static org.strowger.proxy.inflight.InFlightRequest.NEVER;
import static org.strowger.proxy.inflight.InFlightRequest.REPEATED;

import org.strowger.proxy.inflight.BytePool;
import org.strowger.proxy.inflight.InFlightRequest;
import org.strowger.proxy.inflight.InFlightTable;
import org.strowger.proxy.inflight.TimerWheel;
import org.strowger.proxy.routing.Forward;
import org.strowger.proxy.routing.Ingress;
import org.strowger.proxy.routing.Pool;
import org.strowger.proxy.routing.RoutingSnapshot;
import org.strowger.proxy.routing.Target;
import org.strowger.sip.Ascii;
import org.strowger.sip.HeaderId;
import org.strowger.sip.Method;
import org.strowger.sip.SipMessage;
import org.strowger.threading.RunsOn;

/**
 * Gives requests that a backend does not answer to another one, and sees to it that every attempt ends well: the rules of
 * decision 0017. Each method is one thing that may happen to a request in flight.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class Redispatcher implements TimerWheel.Due {
    private static final int MAX_REASON = 512;

    private final InFlightTable table;
    private final InFlightFinder finder;
    private final InFlightLifecycle life;
    private final DeadBackends dead;
    private final AttemptSender sender;
    private final Departures departures;
    private final PathObserver observer;
    private final BackendAlarm alarm;

    Redispatcher(
            InFlightFinder finder,
            InFlightLifecycle life,
            AttemptSender sender,
            Departures departures,
            PathObserver observer,
            RequestProtection protection) {
        this.table = protection.table();
        this.finder = finder;
        this.life = life;
        this.dead = new DeadBackends(table, life, sender, observer);
        this.sender = sender;
        this.departures = departures;
        this.observer = observer;
        this.alarm = protection.alarm();
    }

    /** A request has been given to the backend that {@code f} names. */
    void sent(SipMessage m, Forward f, Ingress in) {
        Pool pool = f.pool();
        if (pool != null && !m.toTag().isPresent() && pool.redispatch().protects(m.method())) {
            InFlightRequest stranger = table.find(f.transactionHash());
            if (stranger == null) {
                life.readClock();
                life.add(m, f, in, pool);
            } else {
                observer.inFlight(InFlightEvent.UNPROTECTED);
            }
        }
    }

    /** A repetition, CANCEL or ACK of what the finder has just found. True when it is to be forwarded. */
    boolean follow(SipMessage m, Ingress in, RoutingSnapshot s) {
        InFlightRequest e = finder.found();
        if (e == null) {
            return followAnswered(m, in, s);
        }
        life.readClock();
        if (m.method() == Method.ACK) {
            if (e.ownStatus() != 0) {
                e.repeatNanos = NEVER;
            }
            return e.isDone() && e.ownStatus() == 0;
        }
        if (m.method() == Method.CANCEL) {
            departures.reply(m, sender.ownReply(200, 0), in, s);
            if (!e.isDone() && !e.isCancelled()) {
                keepReason(e, m);
                life.cancelledByClient(e);
            }
            return false;
        }
        if (e.ownStatus() != 0) {
            departures.reply(m, sender.ownReply(e.ownStatus(), e.transactionHash()), in, s);
            return false;
        }
        if (e.isDone() || e.is(e.living(), HEARD) || !e.isInvite()) {
            return true;
        }
        e.setTryingSent();
        observer.inFlight(InFlightEvent.ABSORBED);
        departures.reply(m, sender.ownReply(100, 0), in, s);
        return false;
    }

    /** Nothing is left to cancel; repetition and ACK go where the INVITE was answered. */
    private boolean followAnswered(SipMessage m, Ingress in, RoutingSnapshot s) {
        if (m.method() == Method.CANCEL) {
            departures.reply(m, sender.ownReply(200, 0), in, s);
            return false;
        }
        return true;
    }

    private void keepReason(InFlightRequest e, SipMessage cancel) {
        BytePool memory = table.bytes();
        int block = BytePool.NONE;
        int length = 0;
        for (int i = 0; i < cancel.headerCount(); i++) {
            int line = cancel.lineEnd(i) - cancel.lineStart(i);
            if (cancel.headerId(i) == HeaderId.OTHER
                    && Ascii.equalsIgnoreCase(cancel.bytes(), cancel.nameStart(i), cancel.nameEnd(i), "reason")
                    && length + line <= MAX_REASON) {
                block = block == BytePool.NONE ? memory.take(MAX_REASON) : block;
                if (block == BytePool.NONE) {
                    return;
                }
                int at = memory.offset(block) + length;
                System.arraycopy(cancel.bytes(), cancel.lineStart(i), memory.array(block), at, line);
                length += line;
            }
        }
        if (block != BytePool.NONE) {
            e.keepReason(memory, block, length);
        }
    }

    /**
     * A response, or one of our own making in the stead of a backend that could not be reached ({@code undelivered}).
     * True when it is to be forwarded.
     */
    boolean response(SipMessage m, Forward f, boolean undelivered) {
        InFlightRequest e = f.isTowardsClient() ? null : table.find(f.transactionHash());
        int attempt = f.attempt();
        if (e == null) {
            return m.statusCode() >= 200 || f.isTowardsClient() || !finder.isAnswered(f.transactionHash(), m);
        }
        if (attempt >= e.attempts()) {
            return true;
        }
        life.readClock();
        if (m.cseqMethod() == Method.CANCEL && e.isInvite()) {
            cancelAnswered(e, attempt, undelivered);
            return false;
        }
        if (m.cseqMethod() != e.method()) {
            return true;
        }
        if (undelivered) {
            undelivered(e, attempt);
            return false;
        }
        int status = m.statusCode();
        judge(e, attempt, m);
        return status < 200
                ? provisional(e, attempt, status)
                : status < 300 ? success(e, attempt) : failure(e, attempt, m);
    }

    /** What comes after an attempt was given up says nothing good of its backend any more. */
    private void judge(InFlightRequest e, int attempt, SipMessage m) {
        if (m.statusCode() > 100 && attempt == e.living() && !e.is(attempt, JUDGED)) {
            e.set(attempt, JUDGED);
            observer.judged(e.target(attempt), m, e.pool().redispatch().isFailure(m.statusCode()));
        }
    }

    private void cancelAnswered(InFlightRequest e, int attempt, boolean undelivered) {
        e.set(attempt, CANCEL_ANSWERED);
        if (undelivered && e.isCancelled() && !e.isDone() && attempt == e.living()) {
            life.finish(e, 487);
        }
    }

    private boolean provisional(InFlightRequest e, int attempt, int status) {
        life.heard(e, attempt);
        if (e.isDone() || attempt != e.living()) {
            if (attempt != e.answeredBy() && e.isInvite()) {
                observer.inFlight(InFlightEvent.LATE_PROVISIONAL);
                life.cancelSoon(e, attempt);
            }
            return false;
        }
        if (e.isCancelled()) {
            life.cancel(e, attempt);
        }
        if (!e.isInvite()) {
            return true;
        }
        if (status == 100) {
            boolean first = !e.isTryingSent();
            e.setTryingSent();
            return first;
        }
        life.rings(e);
        dead.rings(e);
        return true;
    }

    /** All 2xx of INVITE go upstream (RFC 3261 section 16.7 step 5). */
    private boolean success(InFlightRequest e, int attempt) {
        over(e, attempt);
        if (!e.isDone()) {
            life.cancelOthers(e, attempt);
            life.answered(e, attempt);
            return true;
        }
        if (attempt != e.answeredBy()) {
            observer.inFlight(InFlightEvent.LATE_SUCCESS);
            return e.isInvite();
        }
        return true;
    }

    private boolean failure(InFlightRequest e, int attempt, SipMessage m) {
        over(e, attempt);
        if (e.isDone() && attempt == e.answeredBy()) {
            return true;
        }
        if (e.isDone() || attempt != e.living()) {
            return lateFailure(e, attempt, m);
        }
        boolean listed = e.pool().redispatch().isListed(m.statusCode());
        if (listed && life.redispatch(e, RedispatchCause.STATUS)) {
            acknowledge(e, attempt, m);
            return false;
        }
        life.answered(e, attempt);
        return true;
    }

    private boolean lateFailure(InFlightRequest e, int attempt, SipMessage m) {
        if (!e.isDone()
                && !e.isInvite()
                && m.statusCode() < 500
                && !e.pool().redispatch().isListed(m.statusCode())) {
            life.answered(e, attempt);
            return true;
        }
        observer.inFlight(InFlightEvent.LATE_FAILURE);
        acknowledge(e, attempt, m);
        return false;
    }

    private void acknowledge(InFlightRequest e, int attempt, SipMessage m) {
        if (e.isInvite()) {
            sender.acknowledge(e, attempt, m);
        }
    }

    private void over(InFlightRequest e, int attempt) {
        life.heard(e, attempt);
        e.set(attempt, FINAL);
        life.end(e, attempt);
    }

    /** The request did not reach the backend of that attempt: at once the next one (RFC 3261 section 16.9). */
    private void undelivered(InFlightRequest e, int attempt) {
        if (e.is(attempt, HEARD)) {
            return;
        }
        e.set(attempt, FINAL);
        if (attempt == e.living() && !e.isDone()) {
            unreachable(e);
        }
    }

    private void unreachable(InFlightRequest e) {
        if (!life.redispatch(e, RedispatchCause.TRANSPORT)) {
            life.finish(e, e.isCancelled() ? 487 : 500);
        }
    }

    /** The network says that this backend cannot be reached: whatever it has not answered goes on at once. */
    void unreachable(Target backend) {
        alarm.raise(backend);
        life.readClock();
        InFlightRequest e = table.waiting().first();
        while (e != null) {
            InFlightRequest next = table.waiting().after(e);
            if (e.target(e.living()).identity() == backend.identity()) {
                unreachable(e);
            }
            e = next;
        }
    }

    /** Time passes. True while there is something to wait for. */
    boolean tick() {
        life.readClock();
        dead.look();
        life.wheel().advance(life.now(), this);
        return life.wheel().size() > 0;
    }

    boolean hasTimers() {
        return life.wheel().size() > 0;
    }

    @Override
    public void onDue(InFlightRequest e, long now) {
        if (now >= e.limitNanos) {
            if (e.isDone() || !e.isInvite()) {
                life.forget(e);
                return;
            }
            overdue(e);
        }
        if (now >= e.giveUpNanos) {
            giveUp(e);
        }
        if (now >= e.repeatNanos) {
            repeat(e, now);
        }
        if (now >= e.cancelNanos && !life.cancelDue(e)) {
            repeatCancels(e, now);
        }
        life.arm(e);
    }

    /** Timer B without any response, Timer C with one. */
    private void overdue(InFlightRequest e) {
        observer.inFlight(InFlightEvent.TIMED_OUT);
        life.finish(e, e.isCancelled() ? 487 : 408);
    }

    private void giveUp(InFlightRequest e) {
        e.giveUpNanos = NEVER;
        if (e.isCancelled()) {
            life.finish(e, 487);
            return;
        }
        if (e.is(e.living(), HEARD)) {
            dead.giveUp(e);
            return;
        }
        Target silent = e.target(e.living());
        observer.noResponse(silent);
        alarm.raise(silent);
        life.redispatch(e, RedispatchCause.SILENCE);
    }

    private void repeat(InFlightRequest e, long now) {
        e.repeatNanos = now + e.repeatPauseNanos;
        if (e.isDone()) {
            e.repeatPauseNanos = Math.min(2 * e.repeatPauseNanos, InFlightLifecycle.T2);
            sender.reply(e, e.ownStatus());
            return;
        }
        e.repeatPauseNanos =
                e.isInvite() ? 2 * e.repeatPauseNanos : Math.min(2 * e.repeatPauseNanos, InFlightLifecycle.T2);
        if (e.isInvite() && !e.isTryingSent()) {
            e.setTryingSent();
            sender.reply(e, 100);
        }
        if (e.isInvite() && !e.is(e.living(), HEARD) && !e.is(e.living(), REPEATED)) {
            e.set(e.living(), REPEATED);
            observer.silent(e.target(e.living()));
            alarm.raise(e.target(e.living()));
        }
        if (e.target(e.living()).transport().isDatagram()) {
            sender.repeat(e);
        } else {
            e.repeatNanos = NEVER;
        }
    }

    private void repeatCancels(InFlightRequest e, long now) {
        boolean open = false;
        for (int i = 0; i < e.attempts(); i++) {
            if (e.is(i, CANCELLED) && !e.is(i, FINAL)) {
                open = true;
                if (!e.is(i, CANCEL_ANSWERED) && e.target(i).transport().isDatagram()) {
                    sender.cancel(e, i);
                }
            }
        }
        if (open && now < e.cancelLimitNanos) {
            e.cancelNanos = Math.min(now + e.cancelPauseNanos, e.cancelLimitNanos);
            e.cancelPauseNanos = Math.min(2 * e.cancelPauseNanos, InFlightLifecycle.T2);
            return;
        }
        e.cancelNanos = NEVER;
        if (open && e.isCancelled() && !e.isDone()) {
            life.finish(e, 487);
        }
    }
}
