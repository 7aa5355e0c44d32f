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

    /** A message goes to the client side. */
    void toClient(SipMessage message, Transport transport);

    /** A backend's request goes where its Route or Request-URI says. */
    void toNamed(Transport transport);

    /** What the cookie was that decided about a message, or was to. */
    void cookie(CookieFinding finding);

    /** We answer ourselves. */
    void replied(int status);

    /** That answer was the one to a call that all backends of its pool have too many of. */
    default void limited() {}

    void dropped(DropReason reason);

    /** A request in flight was given to a backend: its first attempt, or a later one, but no repetition. */
    default void attemptBegan(Target backend) {}

    /**
     * An attempt that was still wanted got its first response above 100: the verdict on the backend.
     *
     * @param isFailure the pool counts this response as a failure of the backend
     */
    default void judged(Target backend, SipMessage response, boolean isFailure) {}

    /** An attempt had no response yet when it was repeated for the first time, long before it is given up. */
    default void silent(Target backend) {}

    /** An attempt had no response in time. */
    default void noResponse(Target backend) {}

    /** An attempt is over: it was answered finally, given up or forgotten. Once for each that began. */
    default void attemptEnded(Target backend) {}

    /** A request in flight is about to be given to another backend than that one. */
    default void givenUp(Target backend, SipMessage request) {}

    /** A request goes on from that backend to another one. */
    default void redispatched(Target from, RedispatchCause cause) {}

    default void inFlight(InFlightEvent event) {}

    default void waiting(WaitingEvent event) {}
}
