package org.strowger.proxy.config;

import java.util.List;
import org.strowger.threading.RunsOn;

/** The names that the file gives to listeners and pools. */
@RunsOn(RunsOn.Runner.ANY)
final class Names {
    private static final int MAX_LENGTH = 64;
    private static final String EXPECTED = "a name of letters, digits, - and _, at most " + MAX_LENGTH;

    private Names() {}

    /** Reports a name that metrics, logs and paths could not show. */
    static boolean isGood(String name, Located at, Problems problems) {
        boolean good = !name.isEmpty()
                && name.length() <= MAX_LENGTH
                && name.chars().allMatch(c -> c == '-' || c == '_' || Syntax.isAsciiLetterOrDigit(c));
        if (!good) {
            problems.expected(at, Problems.shown(name), EXPECTED);
        }
        return good;
    }

    /** A name that must be among the declared ones. */
    static Syntax<String> declared(String what, List<String> names) {
        return Syntax.of("the name of a " + what, text -> {
            if (names.contains(text)) {
                return new Parsed.Ok<>(text);
            }
            String known = names.isEmpty() ? "there is none" : "one of " + String.join(", ", names);
            return new Parsed.Bad<>("the name of a " + what + ", " + known + Nearest.suggestion(text, names));
        });
    }
}
