package org.strowger.proxy.balancing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.strowger.threading.RunsOn;

/**
 * Who takes new calls, and how many relative to the others: weights, priority tiers and zones as one list of members with
 * one weight each. Immutable.
 *
 * <p>Members of one priority and, if zones matter, of one side (our zone, or any other) are a level. Levels are asked in
 * order of priority, ours before others. The first that has somebody available takes everything, unless calls
 * spill over: then a level keeps {@code available weight / (its weight x spillOver)} of what is left, as Envoy's
 * priority levels do with an overprovisioning factor of {@code 1 / spillOver}. If all together keep less than everything,
 * everything is given out in proportion to what they keep.
 *
 * <p>Those available without a share come behind, in the order of their levels: they take what others are too full for.
 */
@RunsOn(RunsOn.Runner.ANY)
final class Shares {
    /** The largest weight when levels share: fine enough for 1 % of 1 %. */
    private static final double SCALE = 10_000;

    private final int[] members;
    private final int[] weights;
    private final int[] reserve;

    private Shares(int[] members, int[] weights, int[] reserve) {
        this.members = members;
        this.weights = weights;
        this.reserve = reserve;
    }

    /** Indices of those that take calls, in list order where one level has everything. Not to be changed. */
    int[] members() {
        return members;
    }

    /** The weights of {@link #members()}, above 0: those of the backends where one level has everything. */
    int[] weights() {
        return weights;
    }

    /** Indices of those that could take calls and need not. */
    int[] reserve() {
        return reserve;
    }

    static Shares of(List<Member> members, Preference preference) {
        Integer[] order = IntStream.range(0, members.size())
                .filter(i -> members.get(i).backend().weight() > 0)
                .boxed()
                .toArray(Integer[]::new);
        Comparator<Integer> byLevel = Comparator.<Integer>comparingInt(
                        i -> members.get(i).backend().priority())
                .thenComparing(i -> !isNear(members.get(i), preference));
        Arrays.sort(order, byLevel);
        List<Level> levels = new ArrayList<>();
        for (int i = 0; i < order.length; i++) {
            if (i == 0 || byLevel.compare(order[i - 1], order[i]) < 0) {
                levels.add(new Level());
            }
            levels.get(levels.size() - 1).add(order[i], members.get(order[i]));
        }
        levels.removeIf(level -> level.available.isEmpty());
        share(levels, preference.spillOver());
        return gather(levels, members);
    }

    private static boolean isNear(Member member, Preference preference) {
        return preference.zone().isEmpty()
                || preference.zone().equals(member.backend().zone());
    }

    private static void share(List<Level> levels, double spillOver) {
        double left = 1;
        for (Level level : levels) {
            double kept = spillOver == 0 ? 1 : level.availableWeight / (level.weight * spillOver);
            level.share = Math.min(left, kept);
            left -= level.share;
        }
    }

    private static Shares gather(List<Level> levels, List<Member> members) {
        List<Level> used = levels.stream().filter(level -> level.share > 0).toList();
        double heaviest = used.stream().mapToDouble(Level::sharePerWeight).max().orElse(1);
        int mostWeight =
                members.stream().mapToInt(m -> m.backend().weight()).max().orElse(1);
        List<Integer> takes = new ArrayList<>();
        List<Integer> weights = new ArrayList<>();
        for (Level level : used) {
            for (int index : level.available) {
                int weight = members.get(index).backend().weight();
                double scaled = weight * level.sharePerWeight() / heaviest * SCALE / mostWeight;
                takes.add(index);
                weights.add(used.size() == 1 ? weight : (int) Math.max(1, Math.round(scaled)));
            }
        }
        return new Shares(
                array(takes),
                array(weights),
                levels.stream()
                        .filter(level -> level.share <= 0)
                        .flatMapToInt(level -> level.available.stream().mapToInt(i -> i))
                        .toArray());
    }

    private static int[] array(List<Integer> numbers) {
        return numbers.stream().mapToInt(i -> i).toArray();
    }

    /** Members that come at the same time. */
    private static final class Level {
        private final List<Integer> available = new ArrayList<>();
        private double weight;
        private double availableWeight;
        private double share;

        void add(int index, Member member) {
            weight += member.backend().weight();
            if (member.takesNewCalls()) {
                available.add(index);
                availableWeight += member.backend().weight();
            }
        }

        double sharePerWeight() {
            return share / availableWeight;
        }
    }
}
