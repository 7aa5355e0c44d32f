package org.strowger.proxy.routing;

import java.util.BitSet;
import java.util.List;
import org.strowger.sip.IpPort;
import org.strowger.sip.SipMessage;
import org.strowger.threading.RunsOn;

/**
 * Ordered rules of which the first match wins, compiled so that the cost of a request hardly depends on their number.
 *
 * <p>Every aspect that rules put conditions on is a {@link Dimension}. For a request each dimension gives the set of rules
 * that it does not rule out, as bits: those without a condition on it, and those whose condition holds. The first
 * bit of the intersection is the rule. A dimension that no remaining candidate has a condition on is not looked at.
 *
 * <pre>
 *   rules                                     method  request-user
 *   0  method = REGISTER                      x       (no condition)
 *   1  request-user = 100                     .       x
 *   2  method = INVITE, request-user = 100    x       x
 *   3  (nothing)                              .       .
 *
 *   INVITE for 200:   method gives 1 2 3, request-user gives 0 3, first of both: 3
 *   INVITE for 100:   method gives 1 2 3, request-user gives 0 1 2 3, first of both: 1
 * </pre>
 */
@RunsOn(RunsOn.Runner.ANY)
public final class RuleSet {
    /** No rule matches. */
    public static final int NO_MATCH = -1;

    /** No rule at all. */
    public static final RuleSet NONE = compile(List.of());

    private final List<Rule> rules;
    private final int words;
    private final long[] all;
    private final Dimension[] dimensions;
    /** By dimension the rules that have no condition on it. */
    private final long[][] indifferent;

    /** By rule the index of its pool; -1 in a rule that rejects. */
    private final int[] pools;

    /** By rule the status it answers; 0 in a rule with a pool. */
    private final int[] statuses;

    private RuleSet(List<Rule> rules, List<RuleCompiler.Compiled> compiled) {
        this.rules = rules;
        this.words = (rules.size() + 63) >> 6;
        this.pools = rules.stream()
                .mapToInt(rule -> rule.action() instanceof Action.ToPool to ? to.pool() : -1)
                .toArray();
        this.statuses = rules.stream()
                .mapToInt(rule -> rule.action() instanceof Action.Reject reject ? reject.status() : 0)
                .toArray();
        this.all = new long[words];
        for (int rule = 0; rule < rules.size(); rule++) {
            all[rule >> 6] |= 1L << rule;
        }
        this.dimensions =
                compiled.stream().map(RuleCompiler.Compiled::dimension).toArray(Dimension[]::new);
        this.indifferent = new long[dimensions.length][];
        for (int d = 0; d < dimensions.length; d++) {
            BitSet without = new BitSet();
            without.set(0, rules.size());
            without.andNot(compiled.get(d).rules());
            indifferent[d] = java.util.Arrays.copyOf(without.toLongArray(), words);
        }
    }

    /** Compiles rules in their order. */
    public static RuleSet compile(List<Rule> rules) {
        List<Rule> copy = List.copyOf(rules);
        return new RuleSet(copy, RuleCompiler.compile(copy));
    }

    /**
     * The index of the first rule that matches the request, or {@link #NO_MATCH}.
     *
     * @param callIdHash the keyed hash of the Call-ID, for percentages
     */
    public int match(SipMessage request, IpPort source, int listener, long callIdHash, RuleScratch scratch) {
        scratch.begin(source, listener, callIdHash, words);
        long[] candidates = scratch.candidates();
        System.arraycopy(all, 0, candidates, 0, words);
        for (int d = 0; d < dimensions.length; d++) {
            if (matters(candidates, indifferent[d])) {
                long[] satisfied = scratch.satisfied();
                System.arraycopy(indifferent[d], 0, satisfied, 0, words);
                dimensions[d].satisfy(request, scratch, satisfied);
                for (int w = 0; w < words; w++) {
                    candidates[w] &= satisfied[w];
                }
            }
        }
        for (int w = 0; w < words; w++) {
            if (candidates[w] != 0) {
                return (w << 6) + Long.numberOfTrailingZeros(candidates[w]);
            }
        }
        return NO_MATCH;
    }

    private boolean matters(long[] candidates, long[] without) {
        long any = 0;
        for (int w = 0; w < words; w++) {
            any |= candidates[w] & ~without[w];
        }
        return any != 0;
    }

    /** The index of the pool that the rule names; -1 when it rejects. */
    int pool(int rule) {
        return pools[rule];
    }

    /** The status that the rule answers; 0 when it names a pool. */
    int rejectStatus(int rule) {
        return statuses[rule];
    }

    /** The action of the rule with this index. */
    public Action action(int rule) {
        return rules.get(rule).action();
    }

    public List<Rule> rules() {
        return rules;
    }

    /** The number of regular expressions that are left to RE2/J, which is slow and allocates. */
    public int slowPatterns() {
        int slow = 0;
        for (Dimension dimension : dimensions) {
            slow += dimension instanceof TextDimension text ? text.slowPatterns() : 0;
        }
        return slow;
    }
}
