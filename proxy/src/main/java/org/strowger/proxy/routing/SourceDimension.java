package org.strowger.proxy.routing;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.strowger.sip.IpPort;
import org.strowger.sip.SipMessage;
import org.strowger.threading.RunsOn;

/**
 * Rules by source address: for each family the address space cut at the ends of all ranges, with the rules that hold
 * between two cuts. A lookup is one binary search, however the ranges nest.
 */
@RunsOn(RunsOn.Runner.ANY)
final class SourceDimension implements Dimension {
    private final Intervals ipv4;
    private final Intervals ipv6;

    SourceDimension(Map<Integer, Condition.FromSource> conditions) {
        ipv4 = new Intervals(conditions, Cidr.Family.IPV4);
        ipv6 = new Intervals(conditions, Cidr.Family.IPV6);
    }

    @Override
    public void satisfy(SipMessage message, RuleScratch scratch, long[] satisfied) {
        IpPort source = scratch.source();
        Hits hits =
                source.isIpv4() ? ipv4.find(0, source.ipv4() & 0xFFFF_FFFFL) : ipv6.find(source.high(), source.low());
        hits.addTo(satisfied);
    }

    /** The intervals of one family; the first begins at address 0. */
    @RunsOn(RunsOn.Runner.ANY)
    private static final class Intervals {
        private final long[] highs;
        private final long[] lows;
        private final Hits[] hits;

        Intervals(Map<Integer, Condition.FromSource> conditions, Cidr.Family family) {
            Cidr.Address zero = new Cidr.Address(0, 0);
            TreeMap<Cidr.Address, List<Change>> cuts = new TreeMap<>();
            cuts.put(zero, new ArrayList<>());
            conditions.forEach((rule, condition) -> condition.ranges().stream()
                    .filter(range -> range.family() == family)
                    .forEach(range -> {
                        cuts.computeIfAbsent(range.first(), unused -> new ArrayList<>())
                                .add(new Change(rule, 1));
                        Cidr.Address after = range.last().next();
                        if (!after.equals(zero)) {
                            cuts.computeIfAbsent(after, unused -> new ArrayList<>())
                                    .add(new Change(rule, -1));
                        }
                    }));
            highs = cuts.keySet().stream().mapToLong(Cidr.Address::high).toArray();
            lows = cuts.keySet().stream().mapToLong(Cidr.Address::low).toArray();
            hits = sweep(cuts.values());
        }

        /** Goes through the cuts in order; a rule holds while it is inside at least one of its ranges. */
        private static Hits[] sweep(Iterable<List<Change>> cuts) {
            List<Hits> result = new ArrayList<>();
            BitSet inside = new BitSet();
            Map<Integer, Integer> depths = new TreeMap<>();
            for (List<Change> changes : cuts) {
                for (Change change : changes) {
                    int depth = depths.merge(change.rule, change.by, Integer::sum);
                    inside.set(change.rule, depth > 0);
                }
                result.add(new Hits(inside));
            }
            return result.toArray(Hits[]::new);
        }

        /** The last interval that begins at or before the address. */
        Hits find(long high, long low) {
            int from = 0;
            int to = highs.length - 1;
            while (from < to) {
                int middle = (from + to + 1) >>> 1;
                boolean after = highs[middle] == high
                        ? Long.compareUnsigned(lows[middle], low) > 0
                        : Long.compareUnsigned(highs[middle], high) > 0;
                if (after) {
                    to = middle - 1;
                } else {
                    from = middle;
                }
            }
            return hits[from];
        }
    }

    /** A rule's range begins (1) or has ended (-1). */
    private record Change(int rule, int by) {}
}
