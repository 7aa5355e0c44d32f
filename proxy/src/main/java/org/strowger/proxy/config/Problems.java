package org.strowger.proxy.config;

import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.strowger.threading.RunsOn;

/** All that was found wrong so far. */
@RunsOn(RunsOn.Runner.CONTROL)
final class Problems {
    private static final int MAX_SHOWN = 60;

    private final List<ConfigProblem> found = new ArrayList<>();

    void error(Place place, String path, String value, String message) {
        found.add(new ConfigProblem(place.file(), place.line(), path, value, message, Severity.ERROR));
    }

    /** The value is not what is expected. */
    void expected(Located at, String value, String expected) {
        error(at.place(), at.path(), value, "expected: " + expected);
    }

    void warning(Located at, String value, String message) {
        found.add(new ConfigProblem(at.place().file(), at.place().line(), at.path(), value, message, Severity.WARNING));
    }

    int count() {
        return found.size();
    }

    boolean isFatal() {
        return found.stream().anyMatch(problem -> problem.severity() == Severity.ERROR);
    }

    /** In the order of the lines, the named file before those that it includes. */
    List<ConfigProblem> sorted(String namedFile) {
        return found.stream()
                .sorted(Comparator.comparing(
                                (ConfigProblem problem) -> !problem.file().equals(namedFile))
                        .thenComparing(ConfigProblem::file)
                        .thenComparing(ConfigProblem::line))
                .toList();
    }

    /** A value as it is shown in a message. */
    static String shown(ConfigValue value) {
        ConfigValueType type = value.valueType();
        return switch (type) {
            case OBJECT -> "an object";
            case LIST -> "a list";
            case STRING, NUMBER, BOOLEAN, NULL -> shown(String.valueOf(value.unwrapped()));
        };
    }

    static String shown(String text) {
        if (text.isEmpty()) {
            return "\"\"";
        }
        String printable = printable(text);
        return printable.length() > MAX_SHOWN ? printable.substring(0, MAX_SHOWN) + "..." : printable;
    }

    /** The text without control characters, so that it stays on its line and leaves the terminal alone. */
    static String printable(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints()
                .forEach(c -> out.appendCodePoint(
                        Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c));
        return out.toString();
    }
}
