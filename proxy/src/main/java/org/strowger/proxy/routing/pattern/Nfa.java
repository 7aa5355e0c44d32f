package org.strowger.proxy.routing.pattern;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.strowger.threading.RunsOn;

/**
 * A nondeterministic automaton over bytes for several patterns (Thompson's construction, built from the end, so that each
 * part knows where it leads).
 */
@RunsOn(RunsOn.Runner.CONTROL)
final class Nfa {
    /** Node kinds. A byte in {@code low..high} leads to {@code next}. */
    static final byte BYTE = 0;
    /** Leads to {@code next} and to {@code other}, without a byte. */
    static final byte SPLIT = 1;
    /** Leads to {@code next} at the beginning of the text. */
    static final byte BEGIN = 2;
    /** Leads to {@code next} at the end of the text. */
    static final byte END = 3;
    /** The pattern numbered {@code next} has matched. */
    static final byte MATCH = 4;

    private static final int MAX_NODES = 20_000;
    private static final int[] LENGTH_LIMITS = {0x7F, 0x7FF, 0xFFFF};

    byte[] kind = new byte[256];
    int[] next = new int[256];
    int[] other = new int[256];
    int[] low = new int[256];
    int[] high = new int[256];
    int size;

    /** Adds a pattern and returns its first node. */
    int add(Syntax syntax, int pattern) {
        return build(syntax, node(MATCH, pattern));
    }

    private int node(byte nodeKind, int leadsTo) {
        if (size == MAX_NODES) {
            throw new UnsupportedPatternException("more than " + MAX_NODES + " nodes");
        }
        if (size == kind.length) {
            kind = Arrays.copyOf(kind, 2 * size);
            next = Arrays.copyOf(next, 2 * size);
            other = Arrays.copyOf(other, 2 * size);
            low = Arrays.copyOf(low, 2 * size);
            high = Arrays.copyOf(high, 2 * size);
        }
        kind[size] = nodeKind;
        next[size] = leadsTo;
        return size++;
    }

    private int split(int one, int two) {
        int split = node(SPLIT, one);
        other[split] = two;
        return split;
    }

    private int build(Syntax syntax, int after) {
        if (syntax instanceof Syntax.Chars chars) {
            return chars(chars, after);
        }
        if (syntax instanceof Syntax.Sequence sequence) {
            int start = after;
            List<Syntax> parts = sequence.parts();
            for (int i = parts.size() - 1; i >= 0; i--) {
                start = build(parts.get(i), start);
            }
            return start;
        }
        if (syntax instanceof Syntax.Choice choice) {
            int start = -1;
            for (Syntax option : choice.options()) {
                int branch = build(option, after);
                start = start < 0 ? branch : split(branch, start);
            }
            return start;
        }
        if (syntax instanceof Syntax.Repeat repeat) {
            return repeat(repeat, after);
        }
        return node(syntax == Syntax.Edge.BEGIN ? BEGIN : END, after);
    }

    private int repeat(Syntax.Repeat repeat, int after) {
        int start = after;
        if (repeat.max() == Syntax.Repeat.UNLIMITED) {
            int loop = split(after, after);
            int body = build(repeat.part(), loop);
            next[loop] = body; // not in one statement: building may replace the array
            start = loop;
        } else {
            for (int i = repeat.min(); i < repeat.max(); i++) {
                start = split(build(repeat.part(), start), after);
            }
        }
        for (int i = 0; i < repeat.min(); i++) {
            start = build(repeat.part(), start);
        }
        return start;
    }

    /** A class that matches nothing is a byte range that holds no byte. */
    private int chars(Syntax.Chars chars, int after) {
        int start = -1;
        for (Syntax.Range range : chars.ranges()) {
            start = utf8(range.first(), range.last(), after, start);
        }
        return start < 0 ? bytes(1, 0, after) : start;
    }

    private int bytes(int first, int last, int after) {
        int node = node(BYTE, after);
        low[node] = first;
        high[node] = last;
        return node;
    }

    /**
     * The code points {@code first..last} as UTF-8, as one more alternative to {@code start}. A range is cut until its ends
     * have one length and differ, from some byte on, in all following bytes' whole range; then it is one byte range after
     * the other.
     */
    private int utf8(int first, int last, int after, int start) {
        if (first > last) {
            return start;
        }
        if (first <= Character.MAX_SURROGATE && last >= Character.MIN_SURROGATE) {
            int below = utf8(first, Character.MIN_SURROGATE - 1, after, start);
            return utf8(Character.MAX_SURROGATE + 1, last, after, below);
        }
        for (int limit : LENGTH_LIMITS) {
            if (first <= limit && last > limit) {
                return utf8(limit + 1, last, after, utf8(first, limit, after, start));
            }
        }
        for (int bits = 6; bits <= 18 && last > 0x7F; bits += 6) {
            int mask = (1 << bits) - 1;
            if ((first & ~mask) != (last & ~mask)) {
                if ((first & mask) != 0) {
                    return utf8((first | mask) + 1, last, after, utf8(first, first | mask, after, start));
                }
                if ((last & mask) != mask) {
                    return utf8(last & ~mask, last, after, utf8(first, (last & ~mask) - 1, after, start));
                }
            }
        }
        byte[] lows = Character.toString(first).getBytes(StandardCharsets.UTF_8);
        byte[] highs = Character.toString(last).getBytes(StandardCharsets.UTF_8);
        int node = after;
        for (int i = lows.length - 1; i >= 0; i--) {
            node = bytes(lows[i] & 0xFF, highs[i] & 0xFF, node);
        }
        return start < 0 ? node : split(node, start);
    }
}
