package org.strowger.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Torture messages through the whole program, in a namespace where nothing but lo is up. {@code -Dtorture=DIRECTORY} names them. */
class TortureIT {
    @ParameterizedTest(name = "over {0}")
    @ValueSource(strings = {"udp", "tcp"})
    void whatPassesPassesUntouchedAndTheProgramLives(String transport) {
        String corpus = System.getProperty("torture", "");
        Assumptions.assumeTrue(
                !corpus.isEmpty() && Files.isDirectory(Path.of(corpus)), "skipped: no -Dtorture=DIRECTORY");
        Path directory = RunDirectory.create("torture-" + transport);
        try (NetworkNamespace namespace = NetworkNamespace.create(directory);
                OsProcess replay =
                        OsProcess.start(directory, "replay", namespace.inside(command(directory, corpus, transport)))) {
            int exitCode = replay.join(Duration.ofMinutes(3));
            assertThat(exitCode).as("%s", replay.output()).isZero();
        }
    }

    private static List<String> command(Path directory, String corpus, String transport) {
        List<String> command = new ArrayList<>(List.of(
                Jdk.newest().java().toString(),
                "-Dstrowger.root=" + RunDirectory.project(),
                "-De2e.work=" + directory,
                "-cp",
                System.getProperty("java.class.path")));
        String other = System.getProperty("strowger.command");
        if (other != null) {
            command.add("-Dstrowger.command=" + other);
        }
        command.addAll(List.of(TortureReplay.class.getName(), corpus, transport));
        return command;
    }
}
