package org.strowger.e2e;

import io.netty.handler.ssl.SslHandler;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLPeerUnverifiedException;

/** New connections, each with a handshake, one question and its answer; and which certificates they saw. */
final class Knocks implements Wire.Taker {
    private static final int MOST_AT_ONCE = 4;

    private final Wires wires;
    private final String from;
    private final Tally tally = new Tally();
    private final Map<Wire, AgentCall> open = new ConcurrentHashMap<>();
    private final Set<String> seen = ConcurrentHashMap.newKeySet();
    private int number;

    Knocks(Wires wires, String from) {
        this.wires = wires;
        this.from = from;
    }

    Tally tally() {
        return tally;
    }

    /** The names in the certificates that were shown. */
    Set<String> seen() {
        return seen;
    }

    /** Knocks, unless some wait for an answer already: who asks for more than a busy machine gives makes failures. On the loop. */
    void knock(Endpoint at) {
        if (tally.begunCount() - tally.completedCount() - tally.failedCount() >= MOST_AT_ONCE) {
            return;
        }
        tally.begun();
        int mine = number++;
        var unused = wires.connect(from, at, this).whenComplete((wire, failure) -> {
            if (failure != null) {
                tally.failed("handshake " + mine + " at " + at + ": " + failure);
            } else {
                seen.add(name(wire));
                String[] parties = {"sip:knock@example.com", "sip:any@example.com", "sip:any@example.com"};
                AgentCall call = AgentCall.to("knock" + mine + "@" + at.port(), CallKind.ASKED, tally, wire, parties);
                open.put(wire, call);
                call.ask("OPTIONS");
            }
        });
    }

    private static String name(Wire wire) {
        try {
            SslHandler tls = wire.channel().pipeline().get(SslHandler.class);
            return ((X509Certificate) tls.engine().getSession().getPeerCertificates()[0])
                    .getSubjectX500Principal()
                    .getName();
        } catch (SSLPeerUnverifiedException e) {
            return e.toString();
        }
    }

    @Override
    public void take(Wire wire, WireMessage message) {
        AgentCall call = open.remove(wire);
        if (call == null && message.status().equals("200")) {
            // The program asked its backend again, and both answers came.
            tally.repeated();
        } else if (call != null
                && message.status().equals("200")
                && message.callId().equals(call.id)) {
            tally.completed();
        } else {
            tally.failed("on " + wire + " came\n" + message);
        }
        var unused = wire.channel().close();
    }

    @Override
    public void ended(Wire wire) {
        if (open.remove(wire) != null) {
            tally.failed(wire + ": closed before an answer");
        }
    }
}
