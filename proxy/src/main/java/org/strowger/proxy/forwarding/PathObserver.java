package org.strowger.proxy.forwarding;

import org.strowger.proxy.routing.CookieFinding;
import org.strowger.proxy.routing.DropReason;
import org.strowger.proxy.routing.Ingress;
import org.strowger.proxy.routing.RoutingSnapshot;
import org.strowger.proxy.routing.Target;
import org.strowger.sip.ParseFailure;
import org.strowger.sip.SipMessage;
import org.strowger.sip.Transport;

/** Counts what a {@link MessagePath} does. Called for each message on its event loop. */
public interface PathObserver {

    /** A message that could be read came in. */
    void received(SipMessage message, Ingress in, RoutingSnapshot snapshot);

    void parseFailed(ParseFailure failure);

    /** A request goes to a backend. */
    void toBackend(Target backend, SipMessage request);

    /**
     * A backend answered a request that we keep.
     *
     * @param afterNanos since the attempt was sent; -1 when that is not known
     */
    default void responded(Target backend, SipMessage response, long afterNanos) {}

    /** A backend did not answer a request in time. */
    default void noResponse(Target backend) {}

    /** A backend has nothing to do any more for an attempt. */
    default void attemptEnded(Target backend) {}

    /** A message goes to the client side. */
    void toClient(SipMessage message, Transport transport);

    /** A backend's request goes where its Route or Request-URI says. */
    void toNamed(Transport transport);

    /** What the cookie was that decided about a message, or was to. */
    void cookie(CookieFinding finding);

    /** We answer ourselves. */
    void replied(int status);

    void dropped(DropReason reason);
}
