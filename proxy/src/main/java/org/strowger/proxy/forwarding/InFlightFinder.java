package org.strowger.proxy.forwarding;

import io.netty.util.concurrent.Ticker;
import org.jspecify.annotations.Nullable;
import org.strowger.proxy.balancing.AffinityKey;
import org.strowger.proxy.inflight.AnsweredInvites;
import org.strowger.proxy.inflight.InFlightRequest;
import org.strowger.proxy.inflight.InFlightTable;
import org.strowger.proxy.routing.InFlightRequests;
import org.strowger.proxy.routing.Pool;
import org.strowger.proxy.routing.RoutingSnapshot;
import org.strowger.proxy.routing.StableHash;
import org.strowger.proxy.routing.Target;
import org.strowger.sip.Method;
import org.strowger.sip.SipMessage;
import org.strowger.threading.RunsOn;

/** Finds the entry that a request belongs to: its repetition, its CANCEL or the ACK of its failure. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class InFlightFinder implements InFlightRequests {
    private final InFlightTable table;
    private final AnsweredInvites answered;
    private final Ticker ticker;
    private final AffinityKey keys;
    private final AnsweredPlace answeredPlace = new AnsweredPlace();
    private @Nullable InFlightRequest found;

    InFlightFinder(RequestProtection protection, StableHash hash) {
        this.table = protection.table();
        this.answered = protection.answered();
        this.ticker = protection.ticker();
        this.keys = new AffinityKey(hash::hash);
    }

    /** Where an INVITE was answered of which nothing else is known any more. */
    @RunsOn(RunsOn.Runner.EVENT_LOOP)
    private static final class AnsweredPlace implements Place {
        private Target target = Target.NONE;
        private int attempt;

        Place set(Target backend, int number) {
            target = backend;
            attempt = number;
            return this;
        }

        @Override
        public Target target() {
            return target;
        }

        @Override
        public int attempt() {
            return attempt;
        }

        /** An INVITE gets no Path. */
        @Override
        public Pool.PathPolicy pathPolicy() {
            return Pool.PathPolicy.SKIP;
        }
    }

    @Override
    public @Nullable Place find(long transactionHash, SipMessage m, RoutingSnapshot snapshot) {
        InFlightRequest entry = table.find(transactionHash);
        if (entry == null || !belongs(m, entry)) {
            return findAnswered(transactionHash, m, snapshot);
        }
        entry.aim(entry.answeredBy() == InFlightRequest.NOBODY ? entry.living() : entry.answeredBy());
        found = entry;
        return entry;
    }

    /** Null also when the backend is no longer configured. */
    private @Nullable Place findAnswered(long transactionHash, SipMessage m, RoutingSnapshot snapshot) {
        boolean kin = m.method() == Method.INVITE
                ? !m.toTag().isPresent()
                : m.method() == Method.ACK || m.method() == Method.CANCEL;
        int position = kin ? position(transactionHash, m) : AnsweredInvites.NONE;
        Target target = position == AnsweredInvites.NONE ? Target.NONE : snapshot.target(answered.backend(position));
        found = null;
        return target == Target.NONE ? null : answeredPlace.set(target, answered.attempt(position));
    }

    private int position(long transactionHash, SipMessage m) {
        return answered.mayHold(transactionHash)
                ? answered.find(transactionHash, keys.ofCallId(m), ticker.nanoTime())
                : AnsweredInvites.NONE;
    }

    /** True for a response to an INVITE whose final response has gone upstream. */
    boolean isAnswered(long transactionHash, SipMessage response) {
        return response.cseqMethod() == Method.INVITE && position(transactionHash, response) != AnsweredInvites.NONE;
    }

    /** A branch that two calls share is a client's mistake, or an attack: the Call-ID must be the same, too. */
    private boolean belongs(SipMessage m, InFlightRequest entry) {
        boolean kin = m.method() == entry.method()
                ? !m.toTag().isPresent()
                : entry.isInvite() && (m.method() == Method.ACK || m.method() == Method.CANCEL);
        return kin && keys.ofCallId(m) == entry.callIdHash();
    }

    /** The entry found last; null when what was found is answered, and nothing else is known of it any more. */
    @Nullable
    InFlightRequest found() {
        return found;
    }
}
