package org.strowger.proxy.forwarding;

import org.jspecify.annotations.Nullable;
import org.strowger.proxy.balancing.AffinityKey;
import org.strowger.proxy.inflight.InFlightRequest;
import org.strowger.proxy.inflight.InFlightTable;
import org.strowger.proxy.routing.InFlightRequests;
import org.strowger.proxy.routing.StableHash;
import org.strowger.sip.Method;
import org.strowger.sip.SipMessage;
import org.strowger.threading.RunsOn;

/** Finds the entry that a request belongs to: its repetition, its CANCEL or the ACK of its failure. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class InFlightFinder implements InFlightRequests {
    private final InFlightTable table;
    private final AffinityKey keys;
    private @Nullable InFlightRequest found;

    InFlightFinder(InFlightTable table, StableHash hash) {
        this.table = table;
        this.keys = new AffinityKey(hash::hash);
    }

    @Override
    public @Nullable Place find(long transactionHash, SipMessage m) {
        InFlightRequest entry = table.find(transactionHash);
        if (entry == null || !belongs(m, entry)) {
            return null;
        }
        entry.aim(entry.answeredBy() == InFlightRequest.NOBODY ? entry.living() : entry.answeredBy());
        found = entry;
        return entry;
    }

    /** A branch that two calls share is a client's mistake, or an attack: the Call-ID must be the same, too. */
    private boolean belongs(SipMessage m, InFlightRequest entry) {
        boolean kin = m.method() == entry.method()
                ? !m.toTag().isPresent()
                : entry.isInvite() && (m.method() == Method.ACK || m.method() == Method.CANCEL);
        return kin && keys.ofCallId(m) == entry.callIdHash();
    }

    /** The entry found last. */
    InFlightRequest found() {
        InFlightRequest entry = found;
        if (entry == null) {
            throw new IllegalStateException("nothing was found");
        }
        return entry;
    }
}
