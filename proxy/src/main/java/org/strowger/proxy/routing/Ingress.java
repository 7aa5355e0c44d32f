package org.strowger.proxy.routing;

import org.strowger.proxy.tls.PeerIdentity;
import org.strowger.sip.IpPort;
import org.strowger.sip.Transport;
import org.strowger.threading.RunsOn;

/** Where the message in hand came in. One per event loop, refilled for each message. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class Ingress {
    private final IpPort source = new IpPort();
    private final IpPort sender = new IpPort();
    private Transport transport = Transport.UDP;
    private int listener = RoutingSnapshot.BACKEND_SIDE;
    private long flow;
    private int portLoop = -1;
    private PeerIdentity peer = PeerIdentity.NONE;

    /** A datagram on a listener's socket. */
    public void setDatagram(int listenerNumber, IpPort from) {
        setDatagram(listenerNumber, from, from);
    }

    /**
     * The same through a proxy in front, which speaks the PROXY protocol.
     *
     * @param from the client, as the proxy says
     * @param by the proxy's own address and port, which lead back to that client
     */
    public void setDatagram(int listenerNumber, IpPort from, IpPort by) {
        listener = listenerNumber;
        portLoop = -1;
        transport = Transport.UDP;
        peer = PeerIdentity.NONE;
        flow = 0;
        source.set(from);
        sender.set(by);
    }

    /** A datagram on the backends' socket of that event loop, whichever loop handles it. */
    public void setBackendDatagram(int loop, IpPort from) {
        setDatagram(RoutingSnapshot.BACKEND_SIDE, from);
        portLoop = loop;
    }

    /** A message on a connection. */
    public void setStream(int listenerNumber, Transport via, long flowId, IpPort from) {
        listener = listenerNumber;
        portLoop = -1;
        transport = via;
        peer = PeerIdentity.NONE;
        flow = flowId;
        source.set(from);
        sender.set(from);
    }

    /** The same as {@code other}, which is refilled for the next message. */
    public Ingress set(Ingress other) {
        listener = other.listener;
        portLoop = other.portLoop;
        transport = other.transport;
        flow = other.flow;
        peer = other.peer;
        source.set(other.source);
        sender.set(other.sender);
        return this;
    }

    /** The listener's number, or {@link RoutingSnapshot#BACKEND_SIDE}. */
    public int listener() {
        return listener;
    }

    /** The event loop on whose own socket the datagram came in, or -1 when it was no such socket. */
    public int portLoop() {
        return portLoop;
    }

    public Transport transport() {
        return transport;
    }

    /** The connection, or 0 for a datagram. */
    public long flow() {
        return flow;
    }

    /** After {@link #setStream}: what the peer of the connection has proved. */
    public void setPeer(PeerIdentity proved) {
        peer = proved;
    }

    PeerIdentity peer() {
        return peer;
    }

    /** The client: what {@code received}, rules and source-ip go by. */
    public IpPort source() {
        return source;
    }

    /** Where the datagram really came from, and where what is for the client has to go. */
    public IpPort sender() {
        return sender;
    }

    /** True for a datagram that a proxy in front has passed on: the client cannot be reached but through it. */
    public boolean isRelayed() {
        return !sender.same(source);
    }
}
