package org.strowger.proxy.explain;

import org.strowger.proxy.balancing.BalancingPolicy;
import org.strowger.proxy.balancing.Explained;
import org.strowger.proxy.balancing.Picker;
import org.strowger.proxy.balancing.UserText;
import org.strowger.proxy.explain.Explanation.PoolNote;
import org.strowger.proxy.routing.Inspection;
import org.strowger.proxy.routing.Target;
import org.strowger.sip.Method;
import org.strowger.sip.SipMessage;

/** Says in words what a pool has to offer and which member it gives. */
final class Pools {
    private Pools() {}

    static PoolNote of(SipMessage m, Arrival arrival, Inspection.Look look, Rehearsal rehearsal) {
        Explained explained = look.explained();
        String chosen = rehearsal.backend() == Target.NONE
                ? ""
                : rehearsal.backend().backend().id();
        boolean remembered = look.remembered() != Target.NONE;
        return new PoolNote(
                look.name(),
                PoolNotes.policy(look.policy()),
                key(look.policy(), m, arrival),
                remembered ? look.remembered().backend().id() : "",
                explained.columns(),
                PoolNotes.candidates(look.members(), explained, chosen),
                chosen.isEmpty() ? "none" : chosen,
                why(m, look, rehearsal));
    }

    private static String why(SipMessage m, Inspection.Look look, Rehearsal rehearsal) {
        Explained explained = look.explained();
        if (rehearsal.status() == 421) {
            return "the client does not support Path, and the pool asks for it";
        }
        if (look.remembered() != Target.NONE) {
            return "remembered for this Call-ID; without that: " + named(look, explained);
        }
        if (m.method() == Method.ACK || m.method() == Method.CANCEL) {
            return m.method() + " follows its INVITE, which is not remembered: where the key alone leads";
        }
        return explained.choice() == Picker.NONE ? "no member takes new calls" : explained.why();
    }

    private static String named(Inspection.Look look, Explained explained) {
        int index = Picker.index(explained.choice());
        return index == Picker.NONE
                ? "nobody"
                : look.members().get(index).backend().id();
    }

    private static String key(BalancingPolicy policy, SipMessage m, Arrival arrival) {
        String callId =
                "Call-ID " + Checks.text(m, m.callId().start(), m.callId().end());
        if (policy instanceof BalancingPolicy.CallId) {
            return callId;
        }
        if (policy instanceof BalancingPolicy.SourceIp) {
            String source = arrival.ingress().source().toString();
            return "source " + source.substring(0, source.lastIndexOf(':'));
        }
        if (policy instanceof BalancingPolicy.User) {
            UserText user = new UserText();
            boolean register = m.method() == Method.REGISTER;
            return user.read(m, register ? m.toUri() : m.requestUri())
                    ? (register ? "To user " : "Request-URI user ")
                            + new String(
                                    user.bytes(),
                                    user.from(),
                                    user.to() - user.from(),
                                    java.nio.charset.StandardCharsets.UTF_8)
                    : callId + ", as there is no user";
        }
        if (policy instanceof BalancingPolicy.Header header) {
            int index = header.name().first(m);
            return index < 0
                    ? callId + ", as there is no " + header.name()
                    : header.name() + " " + Checks.text(m, m.valueStart(index), m.valueEnd(index));
        }
        return "";
    }
}
