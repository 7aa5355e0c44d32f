package org.strowger.proxy.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.strowger.proxy.balancing.BalancingPolicy;
import org.strowger.proxy.balancing.Explained;
import org.strowger.proxy.balancing.Member;
import org.strowger.proxy.explain.Explanation.Candidate;
import org.strowger.proxy.explain.Explanation.PoolNote;
import org.strowger.proxy.routing.Pool;

/** Says in words what a pool has to offer, whatever is sent to it. */
public final class PoolNotes {
    /** Of pools that remember nothing. */
    private static final String NO_MEMORY = "none, this pool remembers nothing";

    private PoolNotes() {}

    /**
     * Of a pool that remembers nothing.
     *
     * @param policy as the configuration writes it
     * @param key what the policy goes by, or empty
     * @param chosen the id of the backend, or empty
     */
    public static PoolNote of(Pool pool, String policy, Explained explained, String key, String chosen, String why) {
        return new PoolNote(
                pool.name(),
                policy,
                key,
                NO_MEMORY,
                explained.columns(),
                candidates(pool.choices(), explained, chosen),
                chosen.isEmpty() ? "none" : chosen,
                why);
    }

    static List<Candidate> candidates(List<Member> members, Explained explained, String chosen) {
        List<Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < members.size(); i++) {
            Member member = members.get(i);
            candidates.add(new Candidate(
                    member.backend().id(),
                    member.backend().weight(),
                    member.backend().priority(),
                    member.backend().zone(),
                    eligibility(member),
                    i < explained.figures().size() ? explained.figures().get(i) : List.of(),
                    member.backend().id().equals(chosen)));
        }
        return candidates;
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
    public static String policy(BalancingPolicy policy) {
        if (policy instanceof BalancingPolicy.Header header) {
            return "header:" + header.name();
        }
        return policy.getClass()
                .getSimpleName()
                .replaceAll("(?<=[a-z])(?=[A-Z])", "-")
                .toLowerCase(Locale.ROOT);
    }
}
