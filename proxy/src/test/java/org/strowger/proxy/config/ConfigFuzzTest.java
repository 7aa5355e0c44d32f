package org.strowger.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Mutations of the full file: whatever they hold, the loader answers with a result. For a longer run: {@code mvn -pl proxy
 * -am test -Dtest=ConfigFuzzTest -Dstrowger.fuzz.rounds=50000}.
 */
class ConfigFuzzTest {
    private static final int ROUNDS = Integer.getInteger("strowger.fuzz.rounds", 150);
    private static final List<String> PIECES = List.of(
            "{",
            "}",
            "[",
            "]",
            "\"",
            "\n",
            ",",
            "=",
            ":",
            "+=",
            "${",
            "${?",
            "}",
            ".",
            "..",
            "#",
            "//",
            "null",
            "true",
            "-1",
            "9e999",
            "1e-999",
            "99999999999999999999",
            "0x",
            "\\u0000",
            "\u0000",
            "\\",
            "\"\"\"",
            "/(/",
            "/",
            "include",
            "include \"full.conf\"",
            "include required(\"\\u0000\")",
            "include url(\"file:///dev/null\")",
            "${pools}",
            "${rules}",
            "5m",
            "64KiB",
            "[::]",
            "::",
            "udp:",
            "é",
            "\uD800",
            "header",
            "-",
            "99999999999999d",
            "9999999999999999TiB");

    @TempDir
    Path folder;

    @Test
    void everyMutationIsLoadedOrRejectedWithLines() throws IOException {
        String full = Files.readString(Path.of("..", "conf", "full.conf"));
        RandomGenerator random = new Random(20_260_714);
        Loading loading = Loading.in(folder);
        int rejected = 0;
        for (int round = 0; round < ROUNDS; round++) {
            String text = mutated(full, random);
            Path file = folder.resolve("full.conf");
            Files.write(file, text.getBytes(StandardCharsets.UTF_8));
            rejected += checked(loading, file, text) instanceof ConfigResult.Rejected ? 1 : 0;
        }
        // Most mutations break something, but some only touch comments or numbers.
        assertThat(rejected).isBetween(ROUNDS / 2, ROUNDS - 1);
    }

    private static ConfigResult checked(Loading loading, Path file, String text) {
        try {
            ConfigResult result = loading.file(file);
            check(result);
            return result;
        } catch (RuntimeException | StackOverflowError | AssertionError e) {
            throw new AssertionError("for:\n" + text, e);
        }
    }

    private static void check(ConfigResult result) {
        List<ConfigProblem> problems = result instanceof ConfigResult.Rejected rejected
                ? rejected.problems()
                : ((ConfigResult.Loaded) result).warnings();
        if (result instanceof ConfigResult.Rejected) {
            assertThat(problems).anyMatch(problem -> problem.severity() == Severity.ERROR);
        }
        for (ConfigProblem problem : problems) {
            assertThat(problem.line()).isPositive();
            assertThat(problem.file()).isNotEmpty();
            assertThat(problem.toString()).doesNotContain("\n");
        }
    }

    private static String mutated(String text, RandomGenerator random) {
        StringBuilder out = new StringBuilder(text);
        for (int edits = 1 + random.nextInt(4); edits > 0; edits--) {
            int at = random.nextInt(out.length());
            int end = Math.min(out.length(), at + random.nextInt(12));
            switch (random.nextInt(4)) {
                case 0 -> out.delete(at, end);
                case 1 -> out.insert(at, PIECES.get(random.nextInt(PIECES.size())));
                case 2 -> out.replace(at, end, PIECES.get(random.nextInt(PIECES.size())));
                default -> out.insert(random.nextInt(out.length()), out.substring(at, end));
            }
        }
        return out.toString();
    }
}
