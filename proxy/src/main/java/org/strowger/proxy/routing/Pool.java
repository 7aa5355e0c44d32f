package org.strowger.proxy.routing;

import java.util.List;
import org.strowger.health.Eligibility;
import org.strowger.proxy.balancing.Affinity;
import org.strowger.proxy.balancing.BalancingPolicy;
import org.strowger.proxy.balancing.Member;
import org.strowger.proxy.balancing.Picker;
import org.strowger.threading.RunsOn;

/** A pool as the data path sees it: members and the picker made of them. Immutable but for the shared affinity table. */
@RunsOn(RunsOn.Runner.ANY)
public final class Pool {

    /** What happens to a REGISTER whose client does not support Path (RFC 3327 section 5.1). */
    public enum PathPolicy {
        INSERT,
        SKIP,
        REFUSE
    }

    private final String name;
    private final Target[] members;
    private final Picker picker;
    private final BalancingPolicy policy;
    private final Affinity affinity;
    private final PathPolicy pathPolicy;
    private final List<Member> choices;

    /** All members ready for new calls. */
    public Pool(
            String name,
            List<Target> members,
            Picker picker,
            BalancingPolicy policy,
            Affinity affinity,
            PathPolicy pathPolicy) {
        this(
                name,
                members,
                picker,
                policy,
                affinity,
                pathPolicy,
                members.stream()
                        .map(member -> new Member(member.backend(), Eligibility.NEW_AND_ESTABLISHED))
                        .toList());
    }

    /**
     * @param members in the order of the picker's indexes
     * @param choices the same members as the picker was given them
     */
    public Pool(
            String name,
            List<Target> members,
            Picker picker,
            BalancingPolicy policy,
            Affinity affinity,
            PathPolicy pathPolicy,
            List<Member> choices) {
        this.choices = List.copyOf(choices);
        this.name = name;
        this.members = members.toArray(Target[]::new);
        this.picker = picker;
        this.policy = policy;
        this.affinity = affinity;
        this.pathPolicy = pathPolicy;
    }

    /** The same pool with another picker and memory. */
    Pool with(Picker other, Affinity memory) {
        return new Pool(name, List.of(members), other, policy, memory, pathPolicy, choices);
    }

    /** The members as the picker was given them. */
    List<Member> choices() {
        return choices;
    }

    List<Target> members() {
        return List.of(members);
    }

    Target member(int index) {
        return members[index];
    }

    Picker picker() {
        return picker;
    }

    BalancingPolicy policy() {
        return policy;
    }

    Affinity affinity() {
        return affinity;
    }

    PathPolicy pathPolicy() {
        return pathPolicy;
    }

    @Override
    public String toString() {
        return name;
    }
}
