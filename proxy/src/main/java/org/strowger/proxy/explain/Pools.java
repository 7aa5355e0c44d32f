package org.strowger.proxy.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.strowger.proxy.balancing.BalancingPolicy;
import org.strowger.proxy.balancing.Explained;
import org.strowger.proxy.balancing.Member;
import org.strowger.proxy.balancing.Picker;
import org.strowger.proxy.balancing.UserText;
import org.strowger.proxy.explain.Explanation.Candidate;
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
        List<Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < look.members().size(); i++) {
            Member member = look.members().get(i);
            candidates.add(new Candidate(
                    member.backend().id(),
                    member.backend().weight(),
                    member.backend().priority(),
                    member.backend().zone(),
                    eligibility(member),
                    i < explained.figures().size() ? explained.figures().get(i) : List.of(),
                    member.backend().id().equals(chosen)));
        }
        return new PoolNote(
                look.name(),
                policy(look.policy()),
                key(look.policy(), m, arrival),
                remembered ? look.remembered().backend().id() : "",
                explained.columns(),
                candidates,
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

    private static String eligibility(Member member) {
        return switch (member.eligibility()) {
            case NEW_AND_ESTABLISHED -> member.backend().weight() == 0 ? "weight 0" : "new calls";
            case TRIAL -> "trial";
            case ESTABLISHED_ONLY -> "established";
            case LINGERING -> "established, if nobody else can";
            default -> "no";
        };
    }

    /** As the configuration writes it. */
    static String policy(BalancingPolicy policy) {
        if (policy instanceof BalancingPolicy.Header header) {
            return "header:" + header.name();
        }
        return policy.getClass()
                .getSimpleName()
                .replaceAll("(?<=[a-z])(?=[A-Z])", "-")
                .toLowerCase(Locale.ROOT);
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
