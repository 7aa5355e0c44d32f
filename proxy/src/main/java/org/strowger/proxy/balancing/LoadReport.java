package org.strowger.proxy.balancing;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a backend says about its own load: {@code X-Strowger-Load: 0.35;calls=70;max-calls=200} in its answer to OPTIONS, or
 * {@code {"load": 0.35, "calls": 70, "maxCalls": 200}} over HTTP; docs/reported-load.md tells its author how.
 *
 * @param load 0 idle, 1 full; more than 1 is possible
 */
public record LoadReport(double load) {
    /** The header's name. */
    public static final String HEADER = "X-Strowger-Load";

    /** Longer texts are not read. */
    private static final int MOST_CHARACTERS = 4096;

    private static final String NUMBER = "([0-9]{1,9}(?:\\.[0-9]{1,9})?)";
    private static final Pattern LOAD = Pattern.compile("^\\s*" + NUMBER + "\\s*(?:;|$)");
    private static final Pattern CALLS = parameter("calls");
    private static final Pattern MOST_CALLS = parameter("max-calls");
    private static final Pattern JSON_LOAD = member("load");
    private static final Pattern JSON_CALLS = member("calls");
    private static final Pattern JSON_MOST_CALLS = member("maxCalls");

    public LoadReport {
        if (!(load >= 0) || load == Double.POSITIVE_INFINITY) {
            throw new IllegalArgumentException("load: " + load + " (expected: 0 or more)");
        }
    }

    /** The report in the value of the header; empty when it cannot be understood. */
    public static Optional<LoadReport> ofHeader(String value) {
        return of(value, LOAD, CALLS, MOST_CALLS);
    }

    /** The report in an HTTP answer's body; empty when it cannot be understood. */
    public static Optional<LoadReport> ofJson(String body) {
        return of(body, JSON_LOAD, JSON_CALLS, JSON_MOST_CALLS);
    }

    /** The larger one of what it calls its load and of the share of its calls. */
    private static Optional<LoadReport> of(String text, Pattern load, Pattern calls, Pattern most) {
        if (text.length() > MOST_CHARACTERS) {
            return Optional.empty();
        }
        double said = number(text, load);
        double share = number(text, calls) / number(text, most);
        double larger = said >= share || Double.isNaN(share) ? said : share;
        double known = Double.isNaN(said) ? share : larger;
        return known >= 0 && known < Double.POSITIVE_INFINITY ? Optional.of(new LoadReport(known)) : Optional.empty();
    }

    private static double number(String text, Pattern pattern) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? Double.parseDouble(matcher.group(1)) : Double.NaN;
    }

    private static Pattern parameter(String name) {
        return Pattern.compile("(?:^|;)\\s*" + name + "\\s*=\\s*" + NUMBER + "\\s*(?:;|$)", Pattern.CASE_INSENSITIVE);
    }

    private static Pattern member(String name) {
        return Pattern.compile("[{,]\\s*\"" + name + "\"\\s*:\\s*" + NUMBER + "\\s*[,}]");
    }
}
