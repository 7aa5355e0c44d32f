package org.strowger.proxy.routing.pattern;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.strowger.threading.RunsOn;

/**
 * Regular expressions, numbered by their order, all tried against a text at once. The meaning is RE2's: a pattern matches
 * when it occurs anywhere in the text, unless it is anchored with {@code ^} and {@code $}, which stand for the two ends
 * of the text.
 *
 * <p>As many patterns as fit share one {@link Dfa}, so that the time depends on the length of the text and not on
 * their number. A pattern whose construct or size does not fit is left to RE2/J, which is about ten times slower and
 * allocates; {@link #slowPatterns} counts these.
 *
 * <p>Text is UTF-8. In the automata a byte that is not UTF-8 is no character: neither {@code .} nor a negated class
 * matches it.
 */
@RunsOn(RunsOn.Runner.ANY)
public final class PatternSet {
    private final int size;
    private final List<Dfa> automata = new ArrayList<>();
    private final List<Slow> slow = new ArrayList<>();

    private PatternSet(int size) {
        this.size = size;
    }

    /** Why {@code pattern} is no RE2 pattern, if so. */
    public static Optional<String> problem(String pattern) {
        try {
            Pattern.compile(pattern);
            return Optional.empty();
        } catch (PatternSyntaxException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** Compiles patterns that have no {@link #problem}. */
    public static PatternSet compile(List<String> patterns) {
        PatternSet set = new PatternSet(patterns.size());
        List<Numbered> known = new ArrayList<>();
        for (int number = 0; number < patterns.size(); number++) {
            String pattern = patterns.get(number);
            try {
                known.add(new Numbered(number, SyntaxReader.read(pattern), pattern));
            } catch (UnsupportedPatternException e) {
                set.slow.add(new Slow(number, Pattern.compile(pattern)));
            }
        }
        set.addGroup(known);
        return set;
    }

    /** One automaton for the group; if that is too big, one for each half. */
    private void addGroup(List<Numbered> group) {
        if (group.isEmpty()) {
            return;
        }
        try {
            Nfa nfa = new Nfa();
            int[] starts = new int[group.size()];
            for (int i = 0; i < starts.length; i++) {
                starts[i] = nfa.add(group.get(i).syntax, group.get(i).number);
            }
            automata.add(DfaBuilder.build(nfa, starts));
        } catch (UnsupportedPatternException e) {
            if (group.size() == 1) {
                slow.add(new Slow(group.get(0).number, Pattern.compile(group.get(0).pattern)));
                return;
            }
            int half = group.size() / 2;
            addGroup(group.subList(0, half));
            addGroup(group.subList(half, group.size()));
        }
    }

    /** Sets the bits in {@link PatternScratch#matched} to the patterns that occur in {@code text[from .. to)}. */
    public void match(byte[] text, int from, int to, PatternScratch scratch) {
        scratch.clear(size);
        for (int i = 0; i < automata.size(); i++) {
            automata.get(i).run(text, from, to, scratch.matched());
        }
        if (!slow.isEmpty()) {
            scratch.decoded().set(text, from, to);
            for (int i = 0; i < slow.size(); i++) {
                Slow pattern = slow.get(i);
                if (pattern.pattern.matcher(scratch.decoded()).find()) {
                    scratch.matched()[pattern.number >> 6] |= 1L << pattern.number;
                }
            }
        }
    }

    /** The number of patterns. */
    public int size() {
        return size;
    }

    /** The number of patterns left to RE2/J. */
    public int slowPatterns() {
        return slow.size();
    }

    /** The number of passes over a text. */
    int automata() {
        return automata.size();
    }

    /** A pattern that was read. */
    private record Numbered(int number, Syntax syntax, String pattern) {}

    /** A pattern for RE2/J. */
    private record Slow(int number, Pattern pattern) {}
}
