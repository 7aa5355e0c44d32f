package org.strowger.proxy.config;

import java.time.Duration;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.strowger.health.MinAvailable;
import org.strowger.health.passive.Times;
import org.strowger.threading.RunsOn;

/** Reads {@code health}, {@code passive} and {@code min-available} of a pool. */
@RunsOn(RunsOn.Runner.CONTROL)
final class HealthReader {
    private static final Duration LONGEST_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration LONGEST_FAST = Duration.ofSeconds(1);
    private static final Duration LONGEST_DOWN = Duration.ofSeconds(30);
    private static final String LONGEST_INTERVAL = "1h";

    private final Problems problems;

    HealthReader(Problems problems) {
        this.problems = problems;
    }

    /** @param auto what {@code auto} stands for */
    HealthConfig health(Section section, ProbeKind auto) {
        section.refuseUnknownKeys();
        ProbeKind written = section.read("probe", ProbeKind.syntax());
        ProbeKind probe = written instanceof ProbeKind.Auto ? auto : written;
        Duration interval = section.read("interval", interval());
        Duration half = interval.dividedBy(2);
        Duration fast = section.read("fast-interval", orAuto(interval()))
                .orElse(max(HealthConfig.SHORTEST, min(half, LONGEST_FAST)));
        Duration down = section.read("down-interval", orAuto(interval()))
                .orElse(max(interval, min(interval.multipliedBy(2), LONGEST_DOWN)));
        return new HealthConfig(
                probe,
                interval,
                timeout(section, interval),
                fast,
                down,
                section.read("jitter", Shares.percent(0, 50)),
                section.read("rise", Syntax.integer(1, 100)),
                section.read("fall", Syntax.integer(1, 100)),
                expect(section, probe));
    }

    /** A probe is over before the next one: there is never more than one on its way. */
    private Duration timeout(Section section, Duration interval) {
        Duration preset = min(interval.multipliedBy(4).dividedBy(5), LONGEST_TIMEOUT);
        Duration timeout = section.read("timeout", orAuto(Syntax.duration("1ms", LONGEST_INTERVAL)))
                .orElse(preset);
        if (timeout.compareTo(interval) <= 0) {
            return timeout;
        }
        Located at = section.placeOf("timeout");
        problems.expected(at, Problems.shown(at.value()), "at most the interval, " + Times.shown(interval));
        return preset;
    }

    private static StatusCodes expect(Section section, ProbeKind probe) {
        Syntax<Optional<StatusCodes>> syntax = orAuto(StatusCodes.oneOrClass(2));
        SortedSet<Integer> codes = new TreeSet<>();
        boolean auto = false;
        for (Located element : section.oneOrMoreOrPreset("expect")) {
            Optional<Optional<StatusCodes>> one = section.parse(element, syntax);
            auto |= one.isEmpty() || one.get().isEmpty();
            one.flatMap(found -> found).ifPresent(found -> codes.addAll(found.codes()));
        }
        if (auto || codes.isEmpty()) {
            codes.addAll(usual(probe));
        }
        return new StatusCodes(codes);
    }

    /** A server that knows OPTIONS not, or not from us, lives all the same; one that says "unavailable" does not serve. */
    private static SortedSet<Integer> usual(ProbeKind probe) {
        SortedSet<Integer> codes = new TreeSet<>();
        if (probe instanceof ProbeKind.Options) {
            addClass(codes, 2);
            addClass(codes, 4);
            codes.remove(408);
            codes.remove(480);
        } else if (probe instanceof ProbeKind.Http) {
            addClass(codes, 2);
        }
        return codes;
    }

    private static void addClass(SortedSet<Integer> codes, int digit) {
        for (int i = 0; i < 100; i++) {
            codes.add(100 * digit + i);
        }
    }

    PassiveConfig passive(Section section) {
        section.refuseUnknownKeys();
        Duration eject = section.read("eject", Syntax.duration("100ms", "1h"));
        return new PassiveConfig(
                section.read("no-response", Syntax.integer(2, 1000).orWord("off", 0)),
                StatusCodes.read(section, "errors", 4),
                section.read("error-rate", Shares.percent(1, 100)),
                section.read("min-errors", Syntax.integer(2, 1000).orWord("off", 0)),
                section.read("window", Syntax.duration("1s", "1h")),
                eject,
                maxEject(section, eject),
                section.read("max-ejected", Shares.percent(0, 100)),
                section.read("trials", Syntax.integer(1, 100)),
                section.read("trial-interval", Syntax.duration("10ms", "1m")));
    }

    private Duration maxEject(Section section, Duration eject) {
        Duration most = section.read("max-eject", Syntax.duration("100ms", "1d"));
        if (most.compareTo(eject) >= 0) {
            return most;
        }
        section.written("max-eject")
                .ifPresent(at ->
                        problems.expected(at, Problems.shown(at.value()), "at least eject, " + Times.shown(eject)));
        return eject;
    }

    static Syntax<MinAvailable> minAvailable() {
        Syntax<MinAvailable> count = Syntax.integer(1, 10_000).map(MinAvailable::count);
        Syntax<MinAvailable> share = Shares.percent(1, 100).map(MinAvailable::share);
        String expected = count.expected() + " | " + share.expected();
        return Syntax.of(
                expected,
                text -> (text.endsWith("%") ? share : count).parse(text) instanceof Parsed.Ok<MinAvailable> ok
                        ? ok
                        : new Parsed.Bad<>(expected));
    }

    private static Syntax<Duration> interval() {
        return Syntax.duration(HealthConfig.SHORTEST.toMillis() + "ms", LONGEST_INTERVAL);
    }

    private static <T> Syntax<Optional<T>> orAuto(Syntax<T> syntax) {
        return syntax.map(Optional::of).orWord("auto", Optional.empty());
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    private static Duration max(Duration a, Duration b) {
        return a.compareTo(b) >= 0 ? a : b;
    }
}
