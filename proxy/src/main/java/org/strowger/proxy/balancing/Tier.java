package org.strowger.proxy.balancing;

import java.util.List;
import java.util.stream.IntStream;

/** Priority tiers: only the lowest that has a member for new calls is used. */
final class Tier {
    private Tier() {}

    /** The indices of the members of the best tier that take new calls, in list order. */
    static int[] best(List<Member> members) {
        int best = Integer.MAX_VALUE;
        for (Member member : members) {
            if (member.takesNewCalls()) {
                best = Math.min(best, member.backend().priority());
            }
        }
        int tier = best;
        return IntStream.range(0, members.size())
                .filter(i -> members.get(i).takesNewCalls()
                        && members.get(i).backend().priority() == tier)
                .toArray();
    }
}
