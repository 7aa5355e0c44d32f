package org.strowger.proxy.routing;

import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;
import org.strowger.sip.SipMessage;
import org.strowger.threading.RunsOn;

/**
 * Rules by percentage: the lower 32 bits of the Call-ID's hash, as a fraction, lie below it. The lower half, because a
 * hashing pool takes its slot from the upper one: with the same bits a canary pool would see only a part of its table.
 */
@RunsOn(RunsOn.Runner.ANY)
final class PercentDimension implements Dimension {
    /** Ascending, in units of 2^-32. */
    private final long[] thresholds;
    /** By number of thresholds not above the fraction. */
    private final Hits[] hits;

    PercentDimension(Map<Integer, Condition.Percent> conditions) {
        TreeMap<Long, BitSet> byThreshold = new TreeMap<>();
        conditions.forEach((rule, condition) -> byThreshold
                .computeIfAbsent(Math.round(condition.percent() / 100 * (1L << 32)), unused -> new BitSet())
                .set(rule));
        thresholds = byThreshold.keySet().stream().mapToLong(Long::longValue).toArray();
        hits = new Hits[thresholds.length + 1];
        BitSet above = new BitSet();
        hits[thresholds.length] = Hits.NONE;
        for (int i = thresholds.length - 1; i >= 0; i--) {
            BitSet rules = byThreshold.get(thresholds[i]);
            if (rules != null) {
                above.or(rules);
            }
            hits[i] = new Hits(above);
        }
    }

    @Override
    public void satisfy(SipMessage message, RuleScratch scratch, long[] satisfied) {
        long fraction = scratch.callIdHash() & 0xFFFF_FFFFL;
        int passed = 0;
        while (passed < thresholds.length && thresholds[passed] <= fraction) {
            passed++;
        }
        hits[passed].addTo(satisfied);
    }
}
