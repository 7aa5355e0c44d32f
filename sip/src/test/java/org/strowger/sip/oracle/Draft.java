package org.strowger.sip.oracle;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;

/** A message while it is being made: its start line in parts, and its header lines. */
final class Draft {
    /** A header as it will be written; {@code name} is the long form in lower case. */
    record Line(String name, String written, String value) {}

    final List<Line> lines = new ArrayList<>();
    final Set<Oddity> oddities = EnumSet.noneOf(Oddity.class);
    boolean request = true;
    String method = "";
    String uri = "";
    String startLine = "";
    String end = "\r\n";
    String body = "";

    void add(String name, String written, String value) {
        lines.add(new Line(name.toLowerCase(Locale.ROOT), written, value));
    }

    boolean has(String name) {
        return lines.stream().anyMatch(line -> line.name().equals(name));
    }

    void remove(String name) {
        lines.removeIf(line -> line.name().equals(name));
    }

    /** Changes the first header of that name. */
    void change(String name, UnaryOperator<String> change) {
        for (int i = 0; i < lines.size(); i++) {
            Line line = lines.get(i);
            if (line.name().equals(name)) {
                lines.set(i, new Line(name, line.written(), change.apply(line.value())));
                return;
            }
        }
    }

    String text() {
        StringBuilder text = new StringBuilder(startLine).append("\r\n");
        for (Line line : lines) {
            text.append(line.written()).append(line.value()).append("\r\n");
        }
        return text.append(end).append(body).toString();
    }
}
