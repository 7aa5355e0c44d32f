package org.strowger.proxy.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * How the text of a scalar is read. Numbers and flags are read from their text too, because a value that comes from the
 * environment is always a string.
 *
 * @param expected what the text must be, as in {@code (expected: ...)} and behind {@code Range:} in reference.conf
 * @param display whether a refused value may be shown
 */
record Syntax<T>(String expected, Display display, Function<String, Parsed<T>> parser) {
    /** What stands in a message in place of a secret. */
    static final String HIDDEN_VALUE = "(secret)";

    /** Whether a refused value may be shown. */
    enum Display {
        SHOWN,
        HIDDEN
    }

    static <T> Syntax<T> of(String expected, Function<String, Parsed<T>> parser) {
        return new Syntax<>(expected, Display.SHOWN, parser);
    }

    Syntax<T> hidden() {
        return new Syntax<>(expected, Display.HIDDEN, parser);
    }

    Parsed<T> parse(String text) {
        return parser.apply(text);
    }

    /** This syntax, or one word with a meaning of its own. */
    Syntax<T> orWord(String word, T meaning) {
        return new Syntax<>(
                word + " | " + expected,
                display,
                text -> text.equals(word) ? new Parsed.Ok<>(meaning) : withWord(parse(text), word));
    }

    private static <T> Parsed<T> withWord(Parsed<T> parsed, String word) {
        return parsed instanceof Parsed.Bad<T> bad ? new Parsed.Bad<>(word + " | " + bad.expected()) : parsed;
    }

    <R> Syntax<R> map(Function<T, R> function) {
        return new Syntax<>(expected, display, text -> parse(text).map(function));
    }

    /** A whole number. */
    static Syntax<Integer> integer(int min, int max) {
        String expected = min + ".." + max;
        return of(expected, text -> {
            try {
                int value = Integer.parseInt(text);
                return value >= min && value <= max ? new Parsed.Ok<>(value) : new Parsed.Bad<>(expected);
            } catch (NumberFormatException e) {
                return new Parsed.Bad<>(expected);
            }
        });
    }

    /** A number with a fraction. */
    static Syntax<Double> decimal(String min, String max) {
        String expected = min + ".." + max;
        BigDecimal least = new BigDecimal(min);
        BigDecimal most = new BigDecimal(max);
        return of(expected, text -> {
            try {
                // Longer texts can name numbers that take long to compare.
                BigDecimal value = text.length() > 20 ? most.add(BigDecimal.ONE) : new BigDecimal(text);
                boolean inRange = value.compareTo(least) >= 0 && value.compareTo(most) <= 0;
                return inRange ? new Parsed.Ok<>(value.doubleValue()) : new Parsed.Bad<>(expected);
            } catch (NumberFormatException e) {
                return new Parsed.Bad<>(expected);
            }
        });
    }

    static Syntax<Boolean> flag() {
        Map<String, Boolean> words = new LinkedHashMap<>();
        words.put("true", true);
        words.put("false", false);
        return oneOf(words);
    }

    /** A time with its unit, for example {@code 250ms}. */
    static Syntax<Duration> duration(String min, String max) {
        String expected = min + ".." + max + ", with a unit";
        Duration least = asDuration(min);
        Duration most = asDuration(max);
        return of(expected, text -> {
            if (!endsInUnit(text)) {
                return new Parsed.Bad<>(expected);
            }
            try {
                Duration value = asDuration(text);
                boolean inRange = value.compareTo(least) >= 0 && value.compareTo(most) <= 0;
                return inRange ? new Parsed.Ok<>(value) : new Parsed.Bad<>(expected);
            } catch (ConfigException e) {
                return new Parsed.Bad<>(expected);
            }
        });
    }

    /** A number of bytes with its unit, for example {@code 64KiB}. */
    static Syntax<Integer> size(String min, String max) {
        String expected = min + ".." + max + ", with a unit";
        long least = asBytes(min);
        long most = asBytes(max);
        return of(expected, text -> {
            if (!endsInUnit(text)) {
                return new Parsed.Bad<>(expected);
            }
            try {
                long value = asBytes(text);
                return value >= least && value <= most ? new Parsed.Ok<>((int) value) : new Parsed.Bad<>(expected);
            } catch (ConfigException e) {
                return new Parsed.Bad<>(expected);
            }
        });
    }

    /** One of the constants, written in lower case with hyphens. */
    static <E extends Enum<E>> Syntax<E> oneOf(Class<E> type) {
        Map<String, E> words = new LinkedHashMap<>();
        for (E constant : type.getEnumConstants()) {
            words.put(constant.name().toLowerCase(Locale.ROOT).replace('_', '-'), constant);
        }
        return oneOf(words);
    }

    static <T> Syntax<T> oneOf(Map<String, T> words) {
        String expected = String.join(" | ", words.keySet());
        return of(expected, text -> {
            T value = words.get(text);
            return value != null
                    ? new Parsed.Ok<>(value)
                    : new Parsed.Bad<>(expected + Nearest.suggestion(text, words.keySet()));
        });
    }

    /** A text of visible characters. */
    static Syntax<String> text(String expected, int maxLength) {
        return of(expected, text -> {
            boolean good = !text.isBlank()
                    && text.length() <= maxLength
                    && text.chars().noneMatch(Character::isISOControl);
            return good ? new Parsed.Ok<>(text) : new Parsed.Bad<>(expected);
        });
    }

    /** A key in base64. The value is never shown. */
    static Syntax<KeyMaterial> key() {
        String expected = KeyMaterial.BYTES + " bytes in base64, for example of: openssl rand -base64 32";
        return of(expected, (String text) -> {
                    try {
                        byte[] bytes = Base64.getDecoder().decode(text.getBytes(StandardCharsets.UTF_8));
                        return bytes.length == KeyMaterial.BYTES
                                ? new Parsed.Ok<>(new KeyMaterial(bytes))
                                : new Parsed.Bad<KeyMaterial>(expected + "; this is " + bytes.length + " bytes");
                    } catch (IllegalArgumentException e) {
                        return new Parsed.Bad<KeyMaterial>(expected + "; this is no base64");
                    }
                })
                .hidden();
    }

    /** A token of RFC 3261 section 25.1, the form of methods and header names. */
    static boolean isToken(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> isAsciiLetterOrDigit(c) || "-.!%*_+`'~".indexOf(c) >= 0);
    }

    static boolean isAsciiLetterOrDigit(int c) {
        return c < 128 && Character.isLetterOrDigit(c);
    }

    private static boolean endsInUnit(String text) {
        return !text.isEmpty() && Character.isLetter(text.charAt(text.length() - 1));
    }

    private static Duration asDuration(String text) {
        return holding(text).getDuration("it");
    }

    private static long asBytes(String text) {
        return holding(text).getBytes("it");
    }

    private static Config holding(String text) {
        return ConfigFactory.empty().withValue("it", ConfigValueFactory.fromAnyRef(text));
    }
}
