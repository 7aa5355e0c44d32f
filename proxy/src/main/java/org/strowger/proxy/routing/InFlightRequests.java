package org.strowger.proxy.routing;

import org.jspecify.annotations.Nullable;
import org.strowger.sip.SipMessage;

/**
 * What the router asks of the requests that are on their way to a backend of a pool: a repetition, a CANCEL or the ACK of
 * a failure goes where its request is, and no rule and no picker is asked.
 */
public interface InFlightRequests {
    /** Nothing is in flight. */
    InFlightRequests NONE = (transactionHash, m, snapshot) -> null;

    /** Where to; the answer is reused. Null when {@code m} belongs to nothing in flight. */
    @Nullable
    Place find(long transactionHash, SipMessage m, RoutingSnapshot snapshot);

    /** Where a request in flight is. */
    interface Place {
        /** The backend of the attempt that {@code m} is for. */
        Target target();

        /** The number of that attempt. */
        int attempt();

        /** That of the pool that the backend is in. */
        Pool.PathPolicy pathPolicy();
    }
}
