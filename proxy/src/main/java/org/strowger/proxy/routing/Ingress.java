package org.strowger.proxy.routing;

import org.strowger.sip.IpPort;
import org.strowger.sip.Transport;
import org.strowger.threading.RunsOn;

/** Where the message in hand came in. One per event loop, refilled for each message. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class Ingress {
    private final IpPort source = new IpPort();
    private Transport transport = Transport.UDP;
    private int listener = RoutingSnapshot.BACKEND_SIDE;
    private long flow;

    /** A datagram on a listener's socket, or on the backend socket ({@link RoutingSnapshot#BACKEND_SIDE}). */
    public void setDatagram(int listenerNumber, IpPort from) {
        listener = listenerNumber;
        transport = Transport.UDP;
        flow = 0;
        source.set(from);
    }

    /** A message on a connection. */
    public void setStream(int listenerNumber, Transport via, long flowId, IpPort from) {
        listener = listenerNumber;
        transport = via;
        flow = flowId;
        source.set(from);
    }

    /** The same as {@code other}, which is refilled for the next message. */
    public Ingress set(Ingress other) {
        listener = other.listener;
        transport = other.transport;
        flow = other.flow;
        source.set(other.source);
        return this;
    }

    /** The listener's number, or {@link RoutingSnapshot#BACKEND_SIDE}. */
    public int listener() {
        return listener;
    }

    public Transport transport() {
        return transport;
    }

    /** The connection, or 0 for a datagram. */
    public long flow() {
        return flow;
    }

    public IpPort source() {
        return source;
    }
}
