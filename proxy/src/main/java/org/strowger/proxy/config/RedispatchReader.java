package org.strowger.proxy.config;

import java.math.BigDecimal;
import java.util.HashSet;
import java.util.Set;
import org.strowger.threading.RunsOn;

/** Reads {@code redispatch} of a pool. */
@RunsOn(RunsOn.Runner.CONTROL)
final class RedispatchReader {
    /** As in reference.conf. */
    private static final Set<Integer> DEFAULT_STATUSES = Set.of(503);

    private RedispatchReader() {}

    static RedispatchConfig read(Section section) {
        section.refuseUnknownKeys();
        return new RedispatchConfig(
                section.read("after", Durations.orOff("50ms", "30s")),
                section.read("other-after", Durations.orOff("50ms", "30s")),
                statuses(section),
                section.read("budget", share()),
                section.read("ringing", Syntax.oneOf(RingingPolicy.class)));
    }

    private static Set<Integer> statuses(Section section) {
        if (section.written("on").isEmpty()) {
            return DEFAULT_STATUSES;
        }
        String expected = "a status from 400 to 699, or a list of them";
        Syntax<Integer> code = Syntax.integer(400, 699);
        Syntax<Integer> status = Syntax.of(
                expected, text -> code.parse(text) instanceof Parsed.Ok<Integer> ok ? ok : new Parsed.Bad<>(expected));
        Set<Integer> statuses = new HashSet<>();
        for (Located element : section.oneOrMore("on")) {
            section.parse(element, status).ifPresent(statuses::add);
        }
        return statuses;
    }

    private static Syntax<Double> share() {
        String expected = "0%..100%";
        Syntax<Double> number = Syntax.decimal("0", "100");
        return Syntax.of(expected, text -> {
            boolean percent = text.endsWith("%");
            return percent && number.parse(text.substring(0, text.length() - 1).strip()) instanceof Parsed.Ok<Double> ok
                    ? new Parsed.Ok<>(
                            BigDecimal.valueOf(ok.value()).movePointLeft(2).doubleValue())
                    : new Parsed.Bad<>(expected);
        });
    }
}
