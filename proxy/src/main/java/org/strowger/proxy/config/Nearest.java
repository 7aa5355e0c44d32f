package org.strowger.proxy.config;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import org.strowger.threading.RunsOn;

/** The word that a misspelt one was probably meant to be: the one with the fewest edits (Levenshtein's distance,
 * with the swap of two neighbours as one edit more). */
@RunsOn(RunsOn.Runner.ANY)
final class Nearest {
    /** Longer words are not compared, so that a file cannot make this slow. */
    private static final int MAX_LENGTH = 64;

    private Nearest() {}

    /** {@code ; did you mean x?}, or nothing when no candidate is near. */
    static String suggestion(String word, Collection<String> candidates) {
        return to(word, candidates)
                .map(nearest -> "; did you mean " + nearest + "?")
                .orElse("");
    }

    /** The nearest candidate that takes at most one edit per three letters, letter case aside. */
    static Optional<String> to(String word, Collection<String> candidates) {
        if (word.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        Optional<String> best = Optional.empty();
        int fewest = Math.max(1, word.length() / 3) + 1;
        for (String candidate : candidates) {
            if (candidate.length() > MAX_LENGTH) {
                continue;
            }
            int edits = edits(word.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
            if (edits < fewest && edits < candidate.length()) {
                fewest = edits;
                best = Optional.of(candidate);
            }
        }
        return best;
    }

    /** Insertions, removals and replacements of single letters, and swaps of two neighbours, that make one word of the other. */
    static int edits(String from, String to) {
        int[][] edits = new int[from.length() + 1][to.length() + 1];
        for (int row = 0; row <= from.length(); row++) {
            for (int column = 0; column <= to.length(); column++) {
                edits[row][column] = row == 0 || column == 0 ? row + column : fewest(edits, from, to, row, column);
            }
        }
        return edits[from.length()][to.length()];
    }

    private static int fewest(int[][] edits, String from, String to, int row, int column) {
        boolean same = from.charAt(row - 1) == to.charAt(column - 1);
        int least = Math.min(
                edits[row - 1][column - 1] + (same ? 0 : 1),
                Math.min(edits[row - 1][column], edits[row][column - 1]) + 1);
        boolean swapped = row > 1
                && column > 1
                && from.charAt(row - 1) == to.charAt(column - 2)
                && from.charAt(row - 2) == to.charAt(column - 1);
        return swapped ? Math.min(least, edits[row - 2][column - 2] + 1) : least;
    }
}
