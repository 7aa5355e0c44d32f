package org.strowger.proxy.explain;

import java.util.Arrays;
import java.util.Optional;
import org.strowger.proxy.forwarding.Egress;
import org.strowger.proxy.forwarding.PathObserver;
import org.strowger.proxy.routing.CookieFinding;
import org.strowger.proxy.routing.DropReason;
import org.strowger.proxy.routing.Ingress;
import org.strowger.proxy.routing.RoutingSnapshot;
import org.strowger.proxy.routing.Target;
import org.strowger.sip.IpPort;
import org.strowger.sip.ParseFailure;
import org.strowger.sip.SipMessage;
import org.strowger.sip.Transport;
import org.strowger.threading.RunsOn;

/** The sockets and counters of a message path that only rehearses: keeps what would have been sent. */
@RunsOn(RunsOn.Runner.ANY)
final class Rehearsal implements Egress, PathObserver {

    /** How a message would leave. */
    enum Way {
        DATAGRAM,
        FLOW,
        CONNECTION
    }

    /** What would have been sent; {@code to} is 0.0.0.0:0 for a flow. */
    @SuppressWarnings("ArrayRecordComponent") // a copy of its own
    record Sent(Way way, int listener, IpPort to, byte[] bytes) {}

    private Optional<Sent> sent = Optional.empty();
    private Optional<DropReason> dropped = Optional.empty();
    private Target backend = Target.NONE;
    private CookieFinding finding = CookieFinding.NONE;
    private int status;
    private boolean named;
    private Optional<String> name = Optional.empty();

    Optional<Sent> sent() {
        return sent;
    }

    Optional<DropReason> dropped() {
        return dropped;
    }

    Target backend() {
        return backend;
    }

    CookieFinding finding() {
        return finding;
    }

    /** Of our own answer, or 0. */
    int status() {
        return status;
    }

    /** True when Route or Request-URI names the hop. */
    boolean isNamed() {
        return named;
    }

    /** The host that would have to be looked up. */
    Optional<String> name() {
        return name;
    }

    void askedFor(String host) {
        name = Optional.of(host);
    }

    @Override
    public boolean datagram(int listener, IpPort to, byte[] bytes, int length) {
        return send(Way.DATAGRAM, listener, to, bytes, length);
    }

    @Override
    public boolean datagramFrom(int loop, IpPort to, byte[] bytes, int length) {
        return send(Way.DATAGRAM, RoutingSnapshot.BACKEND_SIDE, to, bytes, length);
    }

    @Override
    public boolean flow(long flow, byte[] bytes, int length) {
        return send(Way.FLOW, RoutingSnapshot.BACKEND_SIDE, new IpPort(), bytes, length);
    }

    @Override
    public void connection(Transport transport, IpPort to, byte[] bytes, int length) {
        send(Way.CONNECTION, RoutingSnapshot.BACKEND_SIDE, to, bytes, length);
    }

    private boolean send(Way way, int listener, IpPort to, byte[] bytes, int length) {
        IpPort copy = new IpPort();
        copy.set(to);
        sent = Optional.of(new Sent(way, listener, copy, Arrays.copyOf(bytes, length)));
        return true;
    }

    @Override
    public void received(SipMessage message, Ingress in, RoutingSnapshot snapshot) {
        // Nothing was received.
    }

    @Override
    public void parseFailed(ParseFailure failure) {
        // Known before.
    }

    @Override
    public void toBackend(Target target, SipMessage request) {
        backend = target;
    }

    @Override
    public void toClient(SipMessage message, Transport transport) {
        // What was sent says it.
    }

    @Override
    public void toNamed(Transport transport) {
        named = true;
    }

    @Override
    public void cookie(CookieFinding found) {
        finding = found;
    }

    @Override
    public void replied(int answered) {
        status = answered;
    }

    @Override
    public void dropped(DropReason reason) {
        dropped = Optional.of(reason);
    }
}
