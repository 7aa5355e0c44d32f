package org.strowger.proxy.explain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.strowger.proxy.explain.Explanation.Line;

/** One message beside another, line by line. */
final class Listing {
    private Listing() {}

    /** The lines of {@code after}, with what it lacks of {@code before}; the longest common subsequence stays. */
    static List<Line> of(List<String> before, List<String> after) {
        int[][] common = new int[before.size() + 1][after.size() + 1];
        for (int i = before.size() - 1; i >= 0; i--) {
            for (int j = after.size() - 1; j >= 0; j--) {
                common[i][j] = before.get(i).equals(after.get(j))
                        ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        List<Line> lines = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < before.size() || j < after.size()) {
            boolean both = i < before.size() && j < after.size();
            if (both && before.get(i).equals(after.get(j))) {
                lines.add(new Line(' ', after.get(j++)));
                i++;
            } else if (j == after.size() || (i < before.size() && common[i + 1][j] >= common[i][j + 1])) {
                lines.add(new Line('-', before.get(i++)));
            } else {
                lines.add(new Line('+', after.get(j++)));
            }
        }
        return lines;
    }

    /** All new. */
    static List<Line> added(List<String> after) {
        return of(Collections.emptyList(), after);
    }

    /** Start line and headers; folded lines as they stand. */
    static List<String> head(String message) {
        int end = message.indexOf("\r\n\r\n");
        return Arrays.asList((end < 0 ? message : message.substring(0, end)).split("\r\n"));
    }
}
