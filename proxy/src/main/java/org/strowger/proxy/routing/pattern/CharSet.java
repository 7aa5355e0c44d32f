package org.strowger.proxy.routing.pattern;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.strowger.proxy.routing.pattern.Syntax.Range;
import org.strowger.threading.RunsOn;

/** A set of code points under construction. */
@RunsOn(RunsOn.Runner.CONTROL)
final class CharSet {
    private static final int LONG_S = 0x17F;
    private static final int KELVIN = 0x212A;

    private final List<Range> ranges = new ArrayList<>();

    CharSet add(int first, int last) {
        ranges.add(new Range(first, last));
        return this;
    }

    CharSet addAll(CharSet other) {
        ranges.addAll(other.ranges);
        return this;
    }

    /** The sets of {@code \d}, {@code \s} and {@code \w}: ASCII only, as in RE2. */
    static CharSet perl(char letter) {
        CharSet set = new CharSet();
        return switch (letter) {
            case 'd' -> set.add('0', '9');
            case 's' -> set.add('\t', '\n').add('\f', '\r').add(' ', ' ');
            case 'w' -> set.add('0', '9').add('A', 'Z').add('_', '_').add('a', 'z');
            default -> throw new UnsupportedPatternException("\\" + letter);
        };
    }

    /**
     * Adds the other case of every letter. The long s and the Kelvin sign are all that folds to ASCII from outside;
     * what lies outside itself is left to RE2/J.
     */
    CharSet foldCase() {
        for (Range range : List.copyOf(ranges)) {
            if (range.last() > 0x7F) {
                throw new UnsupportedPatternException("case folding outside ASCII");
            }
            for (int c = range.first(); c <= range.last(); c++) {
                int lower = c | 0x20;
                if (lower < 'a' || lower > 'z') {
                    continue;
                }
                add(c ^ 0x20, c ^ 0x20);
                if (lower == 's') {
                    add(LONG_S, LONG_S);
                } else if (lower == 'k') {
                    add(KELVIN, KELVIN);
                }
            }
        }
        return this;
    }

    CharSet negate() {
        CharSet negated = new CharSet();
        int next = 0;
        for (Range range : sorted()) {
            if (range.first() > next) {
                negated.add(next, range.first() - 1);
            }
            next = range.last() + 1;
        }
        return next <= Character.MAX_CODE_POINT ? negated.add(next, Character.MAX_CODE_POINT) : negated;
    }

    Syntax.Chars toSyntax() {
        return new Syntax.Chars(sorted());
    }

    /** Ascending, with what overlaps or touches made one. */
    private List<Range> sorted() {
        List<Range> result = new ArrayList<>();
        ranges.sort(Comparator.comparingInt(Range::first));
        for (Range range : ranges) {
            Range before = result.isEmpty() ? null : result.get(result.size() - 1);
            if (before != null && range.first() <= before.last() + 1) {
                result.set(result.size() - 1, new Range(before.first(), Math.max(before.last(), range.last())));
            } else {
                result.add(range);
            }
        }
        return result;
    }
}
