package org.strowger.proxy.forwarding;

import io.netty.util.concurrent.Ticker;
import org.jspecify.annotations.Nullable;
import org.strowger.proxy.routing.Forward;
import org.strowger.proxy.routing.Pool;
import org.strowger.proxy.routing.Redispatch;
import org.strowger.proxy.routing.Target;
import org.strowger.sip.Method;
import org.strowger.sip.SipMessage;
import org.strowger.threading.RunsOn;

/**
 * Judges backends by requests that are not kept in flight (decision 0017): those of pools that re-dispatch nothing, and
 * those of methods that never go to another backend, like MESSAGE. Of each it remembers who was asked and when, not the
 * message; forwarding stays as it is. Empty where nothing is to be judged.
 *
 * <p>A table of buckets by transaction hash. Who finds its bucket full takes the place of an answered request, or goes
 * unwatched, which is counted: a sample of the traffic is enough for a verdict.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class LiveWatch {
    /** Requests that wait or were answered in the last 32 s; about 1 MB when all places have been used. */
    static final int CAPACITY = 1 << 14;

    private static final int BUCKET = 8;
    private static final long MILLIS = 1_000_000L;
    private static final long SWEEP = 50 * MILLIS;
    /** As long as an INVITE in flight waits before it is repeated. */
    private static final long SUSPICIOUS = 200 * MILLIS;
    /** Timers B and F: no client waits longer. Where an answer may depend on a person, nothing less proves anything. */
    private static final long LONGEST = 32_000 * MILLIS;
    /** Timer C: after 100 a verdict may take as long as the ringing. */
    private static final long RINGING = 181_000 * MILLIS;

    private final Ticker ticker;
    private final PathObserver observer;
    private final BackendAlarm alarm;
    private final @Nullable Place[] places = new Place[CAPACITY];
    private int used;
    private long sweptNanos;

    /** What is known of a request. Better candidates for being forgotten have higher numbers. */
    private enum State {
        /** Nothing has come. */
        WAITING,
        /** Nothing has come, and that was noted. */
        SUSPECT,
        /** 100 has come. */
        HEARD,
        /** Judged, or not to be. Stays, because a repetition is not to look new: its backend may rightly be silent. */
        OVER,
        FREE
    }

    /** One request; reused for others. */
    @RunsOn(RunsOn.Runner.EVENT_LOOP)
    private static final class Place {
        private long hash;
        private long giveUpNanos;
        private long dueNanos;
        private State state = State.FREE;
        private Target target = Target.NONE;
        private Redispatch rules = Redispatch.OFF;

        boolean isOpen() {
            return state == State.WAITING || state == State.SUSPECT;
        }

        void become(State next, long due) {
            state = next;
            dueNanos = due;
        }
    }

    LiveWatch(PathObserver observer, RequestProtection protection) {
        this.ticker = protection.ticker();
        this.observer = observer;
        this.alarm = protection.alarm();
        this.sweptNanos = ticker.nanoTime();
    }

    /** A request has been given to the backend that {@code f} names. */
    void sent(SipMessage m, Forward f) {
        if (m.method() == Method.CANCEL) {
            cancelled(f.transactionHash());
            return;
        }
        Pool pool = f.pool();
        if (pool == null
                || m.method() == Method.ACK
                || m.toTag().isPresent()
                || !pool.redispatch().watches(m.method())) {
            return;
        }
        Place place = placeFor(f.transactionHash());
        if (place == null) {
            observer.inFlight(InFlightEvent.UNWATCHED);
        } else if (place.state == State.FREE) {
            used++;
            place.hash = f.transactionHash();
            place.target = f.target();
            place.rules = pool.redispatch();
            long now = ticker.nanoTime();
            long after = patience(place.rules, m.method());
            place.giveUpNanos = now + after;
            boolean early = m.method() == Method.INVITE;
            place.become(State.WAITING, now + (early ? Math.min(SUSPICIOUS, after / 5 * 2) : after));
        }
    }

    private static long patience(Redispatch rules, Method method) {
        return Redispatch.isRepeatable(method) ? Math.min(rules.afterNanos(method), LONGEST) : LONGEST;
    }

    /** The place of that request if it is known, else a free one, or none. */
    private @Nullable Place placeFor(long hash) {
        int home = home(hash);
        Place best = null;
        for (int i = home; i < home + BUCKET; i++) {
            Place place = places[i];
            if (place == null) {
                place = new Place();
                places[i] = place;
            }
            if (place.state != State.FREE && place.hash == hash) {
                return place;
            }
            if (best == null || place.state.compareTo(best.state) > 0) {
                best = place;
            }
        }
        if (best == null || best.isOpen()) {
            return null;
        }
        if (best.state != State.FREE) {
            free(best);
        }
        return best;
    }

    /** That of a request which is known, or nothing. */
    private @Nullable Place find(long hash) {
        int home = home(hash);
        for (int i = home; used > 0 && i < home + BUCKET; i++) {
            Place place = places[i];
            if (place != null && place.state != State.FREE && place.hash == hash) {
                return place;
            }
        }
        return null;
    }

    private static int home(long hash) {
        return (int) (hash >>> 40) & (CAPACITY - BUCKET);
    }

    /** The client gives up: what the backend does with it from now on is no verdict. */
    private void cancelled(long hash) {
        Place place = find(hash);
        if (place != null && place.isOpen()) {
            place.become(State.OVER, ticker.nanoTime() + LONGEST);
        }
    }

    /** A response, or one of our own making in the stead of a backend that could not be reached ({@code undelivered}). */
    void response(SipMessage m, Forward f, boolean undelivered) {
        Place place = f.isTowardsClient() || m.cseqMethod() == Method.CANCEL ? null : find(f.transactionHash());
        if (place == null || place.state == State.OVER) {
            return;
        }
        if (m.statusCode() <= 100) {
            place.become(State.HEARD, ticker.nanoTime() + RINGING);
            return;
        }
        if (!undelivered) { // else it has been counted already
            observer.judged(place.target, m, place.rules.isFailure(m.statusCode()));
        }
        place.become(State.OVER, ticker.nanoTime() + LONGEST);
    }

    /** The network says that this backend cannot be reached, which is counted by itself. */
    void unreachable(Target backend) {
        for (int i = 0; used > 0 && i < CAPACITY; i++) {
            Place place = places[i];
            if (place != null && place.isOpen() && place.target.identity() == backend.identity()) {
                place.become(State.OVER, ticker.nanoTime() + LONGEST);
            }
        }
    }

    /** Time passes. */
    void tick() {
        long now = ticker.nanoTime();
        if (used == 0 || now - sweptNanos < SWEEP) {
            return;
        }
        sweptNanos = now;
        for (int i = 0; i < CAPACITY; i++) {
            Place place = places[i];
            if (place != null && place.state != State.FREE && now - place.dueNanos >= 0) {
                due(place, now);
            }
        }
    }

    private void due(Place place, long now) {
        if (!place.isOpen()) {
            free(place);
        } else if (now - place.giveUpNanos < 0) {
            observer.silent(place.target);
            place.become(State.SUSPECT, place.giveUpNanos);
            alarm.raise(place.target);
        } else {
            observer.noResponse(place.target);
            place.become(State.OVER, now + LONGEST);
            alarm.raise(place.target);
        }
    }

    private void free(Place place) {
        place.state = State.FREE;
        place.target = Target.NONE;
        place.rules = Redispatch.OFF;
        used--;
    }

    /** True when there is nothing to wait for. */
    boolean isEmpty() {
        return used == 0;
    }
}
