package org.strowger.proxy.config;

import org.strowger.threading.RunsOn;

/** Shares of a whole, written in percent: {@code 50%}. */
@RunsOn(RunsOn.Runner.ANY)
final class Shares {
    private Shares() {}

    /** A whole number with its percent sign; the value is 0..1. */
    static Syntax<Double> percent(int min, int max) {
        String expected = min + "%.." + max + "%";
        return Syntax.of(expected, text -> {
            String number = text.endsWith("%") ? text.substring(0, text.length() - 1) : "";
            return Syntax.integer(min, max).parse(number) instanceof Parsed.Ok<Integer> ok
                    ? new Parsed.Ok<>(ok.value() / 100.0)
                    : new Parsed.Bad<>(expected);
        });
    }
}
