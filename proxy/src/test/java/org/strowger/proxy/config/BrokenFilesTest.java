package org.strowger.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each file in {@code src/test/resources/config/broken} is loaded; the lines that begin with {@code #!} at its end are the
 * whole report. To see what a new file yields, give it none and read the failure.
 */
class BrokenFilesTest {
    private static final String EXPECTED = "#! ";

    @TempDir
    Path folder;

    static Stream<Path> files() throws IOException, URISyntaxException {
        URL broken = Objects.requireNonNull(BrokenFilesTest.class.getResource("/config/broken"));
        try (Stream<Path> files = Files.list(Path.of(broken.toURI()))) {
            return files.sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyProblemIsReportedAtItsLine(Path file) throws IOException {
        String text = Files.readString(file);
        List<String> expected = Arrays.stream(text.split("\n"))
                .filter(line -> line.startsWith(EXPECTED))
                .map(line -> line.substring(EXPECTED.length()))
                .toList();
        Loading loading = Loading.in(folder);
        Path copy = loading.write(file.getFileName().toString(), text);
        List<String> lines = loading.lines(loading.file(copy));
        assertThat(lines)
                .as(() -> EXPECTED + String.join("\n" + EXPECTED, lines))
                .isEqualTo(expected);
    }
}
