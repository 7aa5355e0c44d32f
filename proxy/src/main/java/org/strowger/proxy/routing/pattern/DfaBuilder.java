package org.strowger.proxy.routing.pattern;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.strowger.threading.RunsOn;

/**
 * Makes a {@link Dfa} of an {@link Nfa} by subset construction. A match may begin anywhere, so the first nodes join the set
 * of nodes at every byte; nodes behind {@code ^} only at the first.
 */
@RunsOn(RunsOn.Runner.CONTROL)
final class DfaBuilder {
    /** More states than this, and the patterns are split into smaller groups or left to RE2/J. */
    static final int MAX_STATES = 4096;

    /** Nodes visited at most, which bounds the time to some tens of milliseconds. */
    private static final long MAX_VISITS = 1_000_000;

    private final Nfa nfa;
    private final int[] starts;
    private final byte[] classOf = new byte[256];
    private final int classes;
    private final Map<BitSet, Integer> numbers = new HashMap<>();
    private final List<BitSet> sets = new ArrayList<>();
    private final List<char[]> rows = new ArrayList<>();
    private final BitSet anywhere;
    private long visits;

    private DfaBuilder(Nfa nfa, int[] starts) {
        this.nfa = nfa;
        this.starts = starts;
        this.classes = classify();
        this.anywhere = closure(starts, starts.length, false, false);
    }

    /** {@code starts} are the first nodes of the patterns. */
    static Dfa build(Nfa nfa, int[] starts) {
        return new DfaBuilder(nfa, starts).build();
    }

    private Dfa build() {
        sets.add(closure(starts, starts.length, true, false)); // no number: nothing leads back to the beginning
        for (int state = 0; state < sets.size(); state++) {
            rows.add(row(sets.get(state)));
        }
        int states = sets.size();
        char[] next = new char[states * classes];
        byte[] kinds = new byte[states];
        int[][] accepts = new int[states][];
        int[][] acceptsAtEnd = new int[states][];
        for (int state = 0; state < states; state++) {
            System.arraycopy(rows.get(state), 0, next, state * classes, classes);
            accepts[state] = matches(sets.get(state));
            acceptsAtEnd[state] = matches(atEnd(sets.get(state), state == 0));
            boolean decided = accepts[state].length == starts.length || isDead(state);
            kinds[state] = decided ? Dfa.FINAL : accepts[state].length > 0 ? Dfa.ACCEPTING : Dfa.PLAIN;
        }
        return new Dfa(classOf, next, kinds, accepts, acceptsAtEnd);
    }

    /** Bytes that no pattern tells apart are one class; classes ascend with their bytes. */
    private int classify() {
        boolean[] cut = new boolean[257];
        for (int node = 0; node < nfa.size; node++) {
            if (nfa.kind[node] == Nfa.BYTE && nfa.low[node] <= nfa.high[node]) {
                cut[nfa.low[node]] = true;
                cut[nfa.high[node] + 1] = true;
            }
        }
        int number = 0;
        for (int b = 0; b < 256; b++) {
            number += b > 0 && cut[b] ? 1 : 0;
            classOf[b] = (byte) number;
        }
        return number + 1;
    }

    private char[] row(BitSet set) {
        int[][] targets = new int[classes][];
        int[] counts = new int[classes];
        for (int node = set.nextSetBit(0); node >= 0; node = set.nextSetBit(node + 1)) {
            if (nfa.kind[node] == Nfa.BYTE && nfa.low[node] <= nfa.high[node]) {
                int last = classOf[nfa.high[node]] & 0xFF;
                for (int c = classOf[nfa.low[node]] & 0xFF; c <= last; c++) {
                    if (targets[c] == null) {
                        targets[c] = new int[4];
                    } else if (counts[c] == targets[c].length) {
                        targets[c] = Arrays.copyOf(targets[c], 2 * counts[c]);
                    }
                    targets[c][counts[c]++] = nfa.next[node];
                    visit();
                }
            }
        }
        char[] row = new char[classes];
        for (int c = 0; c < classes; c++) {
            BitSet reached = counts[c] == 0 ? new BitSet() : closure(targets[c], counts[c], false, false);
            reached.or(anywhere);
            visits += reached.size() >> 6;
            row[c] = (char) number(reached);
        }
        return row;
    }

    private int number(BitSet set) {
        Integer known = numbers.get(set);
        if (known != null) {
            return known;
        }
        if (sets.size() == MAX_STATES) {
            throw new UnsupportedPatternException("more than " + MAX_STATES + " states");
        }
        numbers.put(set, sets.size());
        sets.add(set);
        return sets.size() - 1;
    }

    /** All nodes reached from {@code from} without a byte; only those that matter later are kept. */
    private BitSet closure(int[] from, int count, boolean atBegin, boolean atEnd) {
        BitSet seen = new BitSet(nfa.size);
        BitSet kept = new BitSet(nfa.size);
        int[] stack = Arrays.copyOf(from, Math.max(count, 16));
        int depth = count;
        while (depth > 0) {
            int node = stack[--depth];
            if (seen.get(node)) {
                continue;
            }
            seen.set(node);
            visit();
            byte kind = nfa.kind[node];
            if (kind == Nfa.BYTE || kind == Nfa.MATCH || (kind == Nfa.END && !atEnd)) {
                kept.set(node);
                continue;
            }
            if (kind == Nfa.BEGIN && !atBegin) {
                continue;
            }
            if (depth + 2 > stack.length) {
                stack = Arrays.copyOf(stack, 2 * stack.length);
            }
            stack[depth++] = nfa.next[node];
            if (kind == Nfa.SPLIT) {
                stack[depth++] = nfa.other[node];
            }
        }
        return kept;
    }

    private BitSet atEnd(BitSet set, boolean atBegin) {
        int[] ends = set.stream().filter(node -> nfa.kind[node] == Nfa.END).toArray();
        return ends.length == 0 ? new BitSet() : closure(ends, ends.length, atBegin, true);
    }

    private int[] matches(BitSet set) {
        return set.stream()
                .filter(node -> nfa.kind[node] == Nfa.MATCH)
                .map(node -> nfa.next[node])
                .distinct()
                .toArray();
    }

    /** Nothing more can match: every byte leads back here, and the end of the text makes no difference. */
    private boolean isDead(int state) {
        for (char next : rows.get(state)) {
            if (next != state) {
                return false;
            }
        }
        return matches(atEnd(sets.get(state), false)).length == 0;
    }

    private void visit() {
        if (++visits > MAX_VISITS) {
            throw new UnsupportedPatternException("more than " + MAX_VISITS + " visits");
        }
    }
}
