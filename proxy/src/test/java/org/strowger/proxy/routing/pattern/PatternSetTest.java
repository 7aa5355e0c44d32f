package org.strowger.proxy.routing.pattern;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The automata against RE2/J, which is the definition of what a pattern means. */
class PatternSetTest {
    private static final String[] ATOMS = {
        "a",
        "b",
        "1",
        "9",
        "x",
        "\\.",
        "\\+",
        ".",
        "\\d",
        "\\w",
        "\\s",
        "\\D",
        "\\W",
        "\\S",
        "[ab]",
        "[^a]",
        "[a-c1-3]",
        "[^\\d]",
        "[\\w.-]",
        "é",
        "[à-ü]",
        "[^é]",
        "€",
        "\\x{1F600}",
        "\\x41",
        "[]a]",
        "[a-]",
        "k",
        "s",
        "K",
        "^",
        "$",
        "()"
    };
    private static final String[] REPEATS = {"*", "+", "?", "*?", "+?", "??", "{2}", "{1,3}", "{2,}", "{0}", "{0,2}?"};
    private static final String[] LETTERS = {
        "a",
        "b",
        "c",
        "1",
        "2",
        "9",
        "x",
        ".",
        "+",
        "-",
        " ",
        "\n",
        "é",
        "ü",
        "€",
        "\uD83D\uDE00",
        "A",
        "K",
        "k",
        "S",
        "\u017F",
        "\u212A",
        "]",
        "_"
    };

    private final PatternScratch scratch = new PatternScratch();

    private boolean matches(String pattern, String text) {
        PatternSet set = PatternSet.compile(List.of(pattern));
        assertThat(set.slowPatterns()).as(pattern).isZero();
        return matches(set, 0, text.getBytes(UTF_8));
    }

    private boolean matches(PatternSet set, int number, byte[] bytes) {
        byte[] framed = new byte[bytes.length + 2];
        System.arraycopy(bytes, 0, framed, 1, bytes.length);
        set.match(framed, 1, framed.length - 1, scratch);
        return (scratch.matched()[number >> 6] >>> number & 1) != 0;
    }

    @Test
    void patternsOccurAnywhereUnlessAnchored() {
        assertThat(matches("900", "1900123")).isTrue();
        assertThat(matches("^900", "1900123")).isFalse();
        assertThat(matches("^1900", "1900123")).isTrue();
        assertThat(matches("123$", "1900123")).isTrue();
        assertThat(matches("^(\\+49|0049)1[567]\\d{1,9}$", "+4917012345")).isTrue();
        assertThat(matches("^(\\+49|0049)1[567]\\d{1,9}$", "+4918012345")).isFalse();
        assertThat(matches("(?i)friendly-scanner|sipvicious", "Friendly-Scanner"))
                .isTrue();
        assertThat(matches("", "")).isTrue();
        assertThat(matches("^$", "")).isTrue();
        assertThat(matches("$^", "")).isTrue();
        assertThat(matches("$^", "a")).isFalse();
    }

    /** 800 random patterns of the subset in groups of 1 to 8, each against 20 random texts. */
    @Test
    void randomPatternsMatchExactlyWhatRe2Matches() {
        SplittableRandom random = new SplittableRandom(20261123);
        int compared = 0;
        int slow = 0;
        while (compared < 800) {
            List<String> patterns = new ArrayList<>();
            for (int n = random.nextInt(1, 9); n > 0; n--) {
                String pattern = choice(random, 2);
                if (PatternSet.problem(pattern).isEmpty()) {
                    patterns.add(pattern);
                }
            }
            PatternSet set = PatternSet.compile(patterns);
            slow += set.slowPatterns();
            for (int t = 0; t < 20; t++) {
                String text = text(random);
                for (int p = 0; p < patterns.size(); p++) {
                    assertThat(matches(set, p, text.getBytes(UTF_8)))
                            .as("/%s/ in '%s', number %d of %s", patterns.get(p), text, p, patterns)
                            .isEqualTo(Pattern.compile(patterns.get(p))
                                    .matcher(text)
                                    .find());
                }
            }
            compared += patterns.size();
        }
        assertThat(slow).as("too big for an automaton").isLessThan(60);
    }

    private static String choice(SplittableRandom random, int depth) {
        StringBuilder pattern = new StringBuilder();
        if (random.nextInt(8) == 0) {
            pattern.append(random.nextBoolean() ? "(?i:" : "(?s:")
                    .append(asciiOnly(random))
                    .append(')');
        }
        int options = random.nextInt(4) == 0 ? 2 : 1;
        for (int o = 0; o < options; o++) {
            pattern.append(o > 0 ? "|" : "");
            for (int n = random.nextInt(1, 4); n > 0; n--) {
                boolean group = depth > 0 && random.nextInt(4) == 0;
                pattern.append(
                        group
                                ? (random.nextBoolean() ? "(" : "(?:") + choice(random, depth - 1) + ")"
                                : ATOMS[random.nextInt(ATOMS.length)]);
                if (random.nextInt(3) == 0) {
                    pattern.append(REPEATS[random.nextInt(REPEATS.length)]);
                }
            }
        }
        return pattern.toString();
    }

    /** Letters under (?i) outside ASCII are left to RE2/J. */
    private static String asciiOnly(SplittableRandom random) {
        String[] atoms = {"a", "k", "S", "[ks]", "[^k]", "[a-z]", "\\w", "\\W", ".", "[^\\w]", "1"};
        return atoms[random.nextInt(atoms.length)] + atoms[random.nextInt(atoms.length)];
    }

    private static String text(SplittableRandom random) {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(9); n > 0; n--) {
            text.append(LETTERS[random.nextInt(LETTERS.length)]);
        }
        return text.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\bfoo\\b", "(?m)^a$", "\\pL+", "[[:alpha:]]+", "\\Qa.b\\E", "(?i)é", "(a|b)*a(a|b){12}"})
    void whatDoesNotFitIsLeftToRe2(String pattern) {
        PatternSet set = PatternSet.compile(List.of("^1900", pattern));
        assertThat(set.slowPatterns()).isEqualTo(1);
        SplittableRandom random = new SplittableRandom(1);
        for (String text : List.of("foo", "a.b", "É", "abababababababababab", text(random), text(random))) {
            assertThat(matches(set, 1, text.getBytes(UTF_8)))
                    .as(text)
                    .isEqualTo(Pattern.compile(pattern).matcher(text).find());
        }
    }

    @Test
    void aThousandPrefixesTakeFewPasses() {
        List<String> patterns = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            patterns.add("^\\+49" + (i * 7919 % 100_000) + "\\d*$");
        }
        PatternSet set = PatternSet.compile(patterns);
        assertThat(set.slowPatterns()).isZero();
        assertThat(set.automata()).isLessThanOrEqualTo(4);
        for (int i = 0; i < 1000; i++) {
            assertThat(matches(set, i, ("+49" + (i * 7919 % 100_000) + "55").getBytes(UTF_8)))
                    .isTrue();
        }
    }

    @Test
    void aSyntaxErrorIsReportedInRe2sWords() {
        assertThat(PatternSet.problem("a(b"))
                .hasValueSatisfying(p -> assertThat(p).contains("missing closing )"));
        assertThat(PatternSet.problem("(?=a)")).isPresent();
        assertThat(PatternSet.problem("^1900")).isEmpty();
    }

    /** Today's behaviour, in the class's javadoc. */
    @Test
    void bytesThatAreNotUtf8AreNoCharacters() {
        PatternSet set = PatternSet.compile(List.of("^a.b$", "^a", "b$"));
        byte[] invalid = "a\u00FFb".getBytes(ISO_8859_1);
        assertThat(matches(set, 0, invalid)).isFalse();
        assertThat(matches(set, 1, invalid)).isTrue();
        assertThat(matches(set, 2, invalid)).isTrue();
    }
}
