package org.strowger.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.strowger.proxy.tls.TestAuthority;

/** The files in conf/examples are right as they stand, once their certificates are there. */
class ExamplesTest {
    private static final Path EXAMPLES = Path.of("..", "conf", "examples");

    @TempDir
    private Path folder;

    static List<Path> examples() throws IOException {
        try (Stream<Path> files = Files.list(EXAMPLES)) {
            return files.filter(file -> file.toString().endsWith(".conf"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void anExampleLoadsWithoutWarnings(Path example) throws IOException {
        Path tls = Files.createDirectory(folder.resolve("tls"));
        new TestAuthority("authority").issue("dns:gw.example.com").write(tls, "fullchain");
        Files.move(tls.resolve("fullchain.key"), tls.resolve("key.pem"));
        Path copy = Files.copy(example, folder.resolve(example.getFileName()));

        assertThat(Loading.in(folder).lines(Loading.in(folder).file(copy))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void anExampleIsExplained(Path example) throws IOException {
        assertThat(Files.readString(EXAMPLES.resolve("../../docs/webrtc.md")))
                .contains("](../conf/examples/" + example.getFileName() + ")");
    }
}
