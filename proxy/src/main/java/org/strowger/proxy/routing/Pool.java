package org.strowger.proxy.routing;

import java.util.List;
import org.jspecify.annotations.Nullable;
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

    /** What happens to a request in a dialog whose backend is dead. */
    public enum Dialogs {
        /** It is answered at once. */
        FAIL,
        /** Another member of the pool gets it: they share what they know of dialogs. */
        GROUP
    }

    private final String name;
    private final Target[] members;
    private final Picker picker;
    private final BalancingPolicy policy;
    private final Affinity affinity;
    private final PathPolicy pathPolicy;
    private final List<Member> choices;
    private final Redispatch redispatch;
    private final Dialogs dialogs;
    private final @Nullable Succession succession;

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
                Redispatch.OFF,
                Dialogs.FAIL,
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
            Redispatch redispatch,
            Dialogs dialogs,
            List<Member> choices) {
        this(name, List.copyOf(members), picker, policy, affinity, pathPolicy, redispatch, dialogs, choices, null);
    }

    private Pool(
            String name,
            List<Target> members,
            Picker picker,
            BalancingPolicy policy,
            Affinity affinity,
            PathPolicy pathPolicy,
            Redispatch redispatch,
            Dialogs dialogs,
            List<Member> choices,
            @Nullable Succession succession) {
        this.succession = succession;
        this.choices = List.copyOf(choices);
        this.redispatch = redispatch;
        this.dialogs = dialogs;
        this.name = name;
        this.members = members.toArray(Target[]::new);
        this.picker = picker;
        this.policy = policy;
        this.affinity = affinity;
        this.pathPolicy = pathPolicy;
    }

    /** The same pool with another picker and memory, which re-dispatches nothing. */
    Pool with(Picker other, Affinity memory) {
        return new Pool(
                name,
                List.of(members),
                other,
                policy,
                memory,
                pathPolicy,
                Redispatch.OFF,
                dialogs,
                choices,
                succession);
    }

    /** The same pool, which another policy led before. */
    public Pool after(Succession former) {
        return new Pool(
                name, List.of(members), picker, policy, affinity, pathPolicy, redispatch, dialogs, choices, former);
    }

    /** Where calls are that another policy placed; null when it placed none. */
    @Nullable
    Succession succession() {
        return succession;
    }

    /** The members as the picker was given them. */
    public List<Member> choices() {
        return choices;
    }

    List<Target> members() {
        return List.of(members);
    }

    public Target member(int index) {
        return members[index];
    }

    public int size() {
        return members.length;
    }

    /** True when new calls may go to that member. */
    public boolean takesNewCalls(int index) {
        return choices.get(index).takesNewCalls();
    }

    /** True when that member is sent what belongs to calls it has. */
    public boolean keepsDialogs(int index) {
        return choices.get(index).eligibility().compareTo(Eligibility.LINGERING) < 0;
    }

    /** True when that member is sent what belongs to calls it has if nobody else can take it. */
    boolean lingers(int index) {
        return choices.get(index).eligibility() == Eligibility.LINGERING;
    }

    /** True when nobody is there any more. */
    boolean isGone(int index) {
        return choices.get(index).gone();
    }

    /** Its name in the configuration. */
    public String name() {
        return name;
    }

    /** True when its picker counts each call that it gives somebody, because the policy or a limit looks at that. */
    public boolean isCounting() {
        return policy instanceof BalancingPolicy.LeastCalls
                || choices.stream().anyMatch(member -> member.limits().calls() > 0);
    }

    /** True while that backend is a member that is sent what it has; false when it is down, or gone. */
    public boolean keeps(long identity) {
        for (int i = 0; i < members.length; i++) {
            if (members[i].identity() == identity) {
                return keepsDialogs(i);
            }
        }
        return false;
    }

    /** When its requests go to another backend. */
    public Redispatch redispatch() {
        return redispatch;
    }

    Dialogs dialogs() {
        return dialogs;
    }

    public Picker picker() {
        return picker;
    }

    public BalancingPolicy policy() {
        return policy;
    }

    Affinity affinity() {
        return affinity;
    }

    /** What happens to a REGISTER. */
    public PathPolicy pathPolicy() {
        return pathPolicy;
    }

    @Override
    public String toString() {
        return name;
    }
}
