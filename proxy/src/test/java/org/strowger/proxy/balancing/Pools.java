package org.strowger.proxy.balancing;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.strowger.discovery.Backend;
import org.strowger.health.Eligibility;
import org.strowger.sip.Transport;

/** Pools to pick from. */
final class Pools {
    private Pools() {}

    /** A member at 10.x.y.z, made of its number. */
    static Member member(int number, int weight, int priority, Eligibility eligibility) {
        String host = "10." + (number >> 16) + "." + (number >> 8 & 255) + "." + (number & 255);
        Backend backend = new Backend(Transport.UDP, new InetSocketAddress(host, 5060), weight, priority, "");
        return new Member(backend, eligibility);
    }

    /** Members that take new calls, one per weight. */
    static List<Member> weighted(int... weights) {
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < weights.length; i++) {
            members.add(member(i, weights[i], 0, Eligibility.NEW_AND_ESTABLISHED));
        }
        return members;
    }

    /** Members of weight 1 that take new calls. */
    static List<Member> equal(int count) {
        int[] weights = new int[count];
        java.util.Arrays.fill(weights, 1);
        return weighted(weights);
    }

    /** How often each member is chosen for the next {@code picks} keys of a seeded generator. */
    static int[] picks(Picker picker, int members, int picks, long seed) {
        java.util.SplittableRandom random = new java.util.SplittableRandom(seed);
        int[] counts = new int[members];
        for (int i = 0; i < picks; i++) {
            counts[Picker.index(picker.pick(random.nextLong()))]++;
        }
        return counts;
    }

    /** A member that takes new calls, in a zone. */
    static Member inZone(int number, int weight, int priority, String zone) {
        Backend plain = member(number, weight, priority, Eligibility.NEW_AND_ESTABLISHED)
                .backend();
        return of(new Backend(plain.transport(), plain.address(), weight, priority, zone));
    }

    static Member of(Backend backend) {
        return new Member(backend, Eligibility.NEW_AND_ESTABLISHED);
    }

    /** The same member, down. */
    static Member down(Member member) {
        return new Member(member.backend(), Eligibility.NONE, member.limits(), member.upSinceNanos());
    }

    static Member limited(Member member, int calls, int callsPerSecond) {
        return new Member(
                member.backend(), member.eligibility(), new Limits(calls, callsPerSecond), member.upSinceNanos());
    }

    static Member upSince(Member member, long nanos) {
        return new Member(member.backend(), member.eligibility(), member.limits(), nanos);
    }
}
