package org.strowger.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The last row of a statistics file that SIPp writes, by column name; empty before the first row is there. */
record CsvRow(Map<String, String> values) {
    CsvRow {
        values = Map.copyOf(values);
    }

    static CsvRow last(Path file) {
        if (!Files.isReadable(file)) {
            return new CsvRow(Map.of());
        }
        try {
            List<String> lines = Files.readAllLines(file, StandardCharsets.ISO_8859_1);
            if (lines.size() < 2) {
                return new CsvRow(Map.of());
            }
            String[] names = lines.get(0).split(";", -1);
            String[] cells = lines.get(lines.size() - 1).split(";", -1);
            Map<String, String> values = new LinkedHashMap<>();
            for (int i = 0; i < Math.min(names.length, cells.length); i++) {
                values.putIfAbsent(names[i], cells[i]);
            }
            return new CsvRow(values);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A number of the row, 0 when the column is not there. */
    long number(String column) {
        String text = values.getOrDefault(column, "0");
        return text.isEmpty() ? 0 : Long.parseLong(text);
    }

    /** The sum of the columns whose names match a regular expression. */
    long sum(String columns) {
        return values.keySet().stream()
                .filter(name -> name.matches(columns))
                .mapToLong(this::number)
                .sum();
    }
}
