package org.strowger.proxy.config;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValueType;
import java.util.Optional;
import org.strowger.threading.RunsOn;

/** Reads {@code sticky-cookie} of a pool: the name alone, or an object that says more. */
@RunsOn(RunsOn.Runner.CONTROL)
final class StickyCookieReader {
    private static final String KEY = "sticky-cookie";
    private static final String OFF = "off";
    private static final String NAME = "the name of a cookie";

    private final ConfigObject defaults;
    private final Problems problems;

    StickyCookieReader(ConfigObject defaults, Problems problems) {
        this.defaults = defaults;
        this.problems = problems;
    }

    /** Empty for a pool that has none, or may have none, which is reported. */
    Optional<StickyCookieConfig> read(Section pool, boolean http) {
        Optional<Located> object = pool.written(KEY).filter(StickyCookieReader::isObject);
        Optional<String> plain = object.isPresent() ? Optional.empty() : pool.read(KEY, nameOrOff());
        if (!http && (object.isPresent() || plain.isPresent())) {
            Located at = pool.placeOf(KEY);
            problems.expected(at, Problems.shown(at.value()), "off, or http: backends; SIP has its own cookies");
            return Optional.empty();
        }
        Optional<Section> section = pool.entry(
                object.orElseGet(
                        () -> pool.placeOf(KEY).with(ConfigFactory.empty().root())),
                defaults);
        return section.flatMap(keys -> cookie(keys, object.isPresent() ? keys.require("name", name()) : plain));
    }

    private Optional<StickyCookieConfig> cookie(Section section, Optional<String> name) {
        section.refuseUnknownKeys();
        SameSite sameSite = section.read("same-site", Syntax.oneOf(SameSite.class));
        boolean partitioned = section.read("partitioned", Syntax.flag());
        if (partitioned && sameSite != SameSite.NONE) {
            problems.expected(
                    section.placeOf("partitioned"),
                    "true",
                    "false, or same-site = none: a cookie of its own for each site makes sense for other sites only");
            return Optional.empty();
        }
        return name.map(text -> new StickyCookieConfig(text, sameSite, partitioned));
    }

    private static boolean isObject(Located at) {
        return Section.typeOf(at.value())
                .filter(type -> type == ConfigValueType.OBJECT)
                .isPresent();
    }

    private static Syntax<Optional<String>> nameOrOff() {
        String expected = OFF + " | " + NAME + ", or an object that has it";
        return Syntax.of(
                expected,
                text -> text.equals(OFF)
                        ? new Parsed.Ok<>(Optional.empty())
                        : isName(text) ? new Parsed.Ok<>(Optional.of(text)) : new Parsed.Bad<>(expected));
    }

    private static Syntax<String> name() {
        return Syntax.of(
                NAME,
                text -> text.equals(OFF)
                        ? new Parsed.Bad<>(NAME + "; a pool without has sticky-cookie = off")
                        : isName(text) ? new Parsed.Ok<>(text) : new Parsed.Bad<>(NAME));
    }

    private static boolean isName(String text) {
        return Syntax.isToken(text) && text.length() <= 64;
    }
}
