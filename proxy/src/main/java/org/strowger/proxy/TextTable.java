package org.strowger.proxy;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import org.strowger.threading.RunsOn;

/** Rows with columns as wide as their widest cell; the last one is as long as it is. */
@RunsOn(RunsOn.Runner.ANY)
final class TextTable {
    private final List<List<String>> rows = new ArrayList<>();

    TextTable(List<String> titles) {
        rows.add(titles);
    }

    /** Adds a row, which may have fewer cells than there are titles. */
    void add(List<String> row) {
        rows.add(row);
    }

    void print(PrintWriter out) {
        int[] widths = new int[rows.get(0).size()];
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
            }
            out.println(line.toString().stripTrailing());
        }
    }
}
