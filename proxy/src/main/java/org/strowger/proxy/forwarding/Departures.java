package org.strowger.proxy.forwarding;

import org.strowger.proxy.routing.DropReason;
import org.strowger.proxy.routing.Forward;
import org.strowger.proxy.routing.Ingress;
import org.strowger.proxy.routing.Reply;
import org.strowger.proxy.routing.RoutingSnapshot;
import org.strowger.proxy.routing.Target;
import org.strowger.sip.IpPort;
import org.strowger.sip.SipMessage;
import org.strowger.sip.Transport;
import org.strowger.threading.RunsOn;

/** Hands composed messages to the sockets: which one, and what is too long for it. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class Departures {
    /** The longest UDP payload over IPv4. */
    private static final int MAX_DATAGRAM = 65_507;

    private final Egress egress;
    private final PathObserver observer;
    private final ReplyComposer replies;
    private final byte[] out;

    Departures(Egress egress, PathObserver observer, ReplyComposer replies, byte[] out) {
        this.egress = egress;
        this.observer = observer;
        this.replies = replies;
        this.out = out;
    }

    /** Where messages are composed, from index 0. */
    byte[] out() {
        return out;
    }

    /** True when a composed request of that length, -1 if it did not fit, can go to that backend. */
    static boolean fits(Target target, int length) {
        boolean datagram = target != Target.NONE && target.transport().isDatagram();
        return length >= 0 && !(datagram && length > MAX_DATAGRAM);
    }

    void toBackend(Target target, int length) {
        if (target.transport().isDatagram()) {
            egress.datagram(RoutingSnapshot.BACKEND_SIDE, target.address(), out, length);
        } else {
            egress.connection(target.transport(), target.address(), out, length);
        }
    }

    /** False when the client's connection, or the socket, is gone. */
    boolean toClient(Forward forward, RoutingSnapshot snapshot, int length) {
        if (forward.flow() != 0) {
            return egress.flow(forward.flow(), out, length);
        }
        Transport transport = RequestComposer.nextTransport(forward, snapshot);
        if (!transport.isDatagram()) {
            egress.connection(transport, forward.address(), out, length);
            return true;
        }
        return forward.portLoop() < 0
                ? egress.datagram(forward.listener(), forward.address(), out, length)
                : egress.datagramFrom(forward.portLoop(), forward.address(), out, length);
    }

    /** Goes back the way the request came, on its connection or to where section 18.2.2 sends responses. */
    void reply(SipMessage m, Reply reply, Ingress in, RoutingSnapshot snapshot) {
        int length = replies.compose(m, in, reply, out);
        if (length < 0) {
            observer.dropped(DropReason.TOO_LARGE);
            return;
        }
        observer.replied(reply.status());
        if (reply.isAtLimits()) {
            observer.limited();
        }
        if (in.flow() != 0) {
            egress.flow(in.flow(), out, length);
            return;
        }
        IpPort to = replies.returnAddress(m, in, snapshot);
        if (in.portLoop() < 0) {
            egress.datagram(in.listener(), to, out, length);
        } else {
            egress.datagramFrom(in.portLoop(), to, out, length);
        }
    }
}
