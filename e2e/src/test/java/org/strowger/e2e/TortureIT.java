package org.strowger.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every message of RFC 4475 and RFC 5118 through the whole program, over UDP and TCP on either side, in a namespace where
 * nothing but lo is up. {@code -Dtorture.folder=FOLDER} sends the *.dat files of a folder after them.
 */
class TortureIT {
    private static final List<TortureCase> CASES = TortureCase.all();
    private static final List<TortureOutcome> OUTCOMES = new ArrayList<>();
    private static final List<Path> MORE = new ArrayList<>();

    @BeforeAll
    static void replay() throws IOException {
        Path directory = RunDirectory.create("torture");
        try (NetworkNamespace namespace = NetworkNamespace.create(directory)) {
            MORE.addAll(more());
            List<String> files = Stream.concat(CASES.stream().map(TortureCase::file), MORE.stream())
                    .map(Path::toString)
                    .toList();
            Path list = RunDirectory.write(directory.resolve("messages"), String.join("\n", files) + "\n");
            try (OsProcess replay = OsProcess.start(directory, "replay", namespace.inside(command(directory, list)))) {
                int exitCode = replay.join(Duration.ofMinutes(3));
                assertThat(exitCode).as("%s", replay.tail()).isZero();
                OUTCOMES.addAll(replay.output()
                        .lines()
                        .filter(TortureOutcome::isOne)
                        .map(TortureOutcome::of)
                        .toList());
            }
        }
    }

    private static List<Path> more() throws IOException {
        String folder = System.getProperty("torture.folder", "");
        if (folder.isEmpty()) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(Path.of(folder).toAbsolutePath())) {
            return files.filter(file -> file.toString().endsWith(".dat"))
                    .sorted()
                    .toList();
        }
    }

    private static List<String> command(Path directory, Path list) {
        List<String> command = new ArrayList<>(List.of(
                Jdk.newest().java().toString(),
                "-XX:TieredStopAtLevel=1",
                "-Dstrowger.root=" + RunDirectory.project(),
                "-De2e.work=" + directory,
                "-cp",
                System.getProperty("java.class.path")));
        String other = System.getProperty("strowger.command");
        if (other != null) {
            command.add("-Dstrowger.command=" + other);
        }
        command.addAll(List.of(TortureReplay.class.getName(), list.toString()));
        return command;
    }

    @ParameterizedTest
    @EnumSource
    void everyMessageIsTreatedAsItsRfcSays(TortureWay way) {
        List<TortureOutcome> outcomes = OUTCOMES.stream()
                .filter(outcome -> outcome.way() == way)
                .limit(CASES.size())
                .toList();
        List<TortureOutcome> expected =
                CASES.stream().map(torture -> expected(way, torture)).toList();
        assertThat(outcomes).containsExactlyElementsOf(expected);
        Map<String, Long> kinds = CASES.stream()
                .collect(Collectors.groupingBy(
                        torture -> torture.over(way.client()).kind(), TreeMap::new, Collectors.counting()));
        System.out.println(way + ": " + outcomes.size() + " messages: " + kinds);
    }

    private static TortureOutcome expected(TortureWay way, TortureCase torture) {
        TortureCase.Verdict verdict = torture.over(way.client());
        // The backend's answers cannot come back on a connection that is gone.
        int relayed = verdict.connection() == TortureCase.Connection.ENDS ? 0 : verdict.passes();
        return new TortureOutcome(
                way,
                torture.file().toString(),
                verdict.passes(),
                relayed,
                verdict.status(),
                verdict.connection(),
                true,
                "");
    }

    @Test
    void theProgramOutlivesAFolderOfMessages() {
        Assumptions.assumeFalse(MORE.isEmpty(), "skipped: no -Dtorture.folder=FOLDER with *.dat files");
        List<String> names = MORE.stream().map(Path::toString).toList();
        List<TortureOutcome> outcomes = OUTCOMES.stream()
                .filter(outcome -> names.contains(outcome.name()))
                .toList();
        assertThat(outcomes).hasSize(MORE.size() * TortureWay.values().length);
        assertThat(outcomes).allMatch(TortureOutcome::alive);
        assertThat(outcomes).allMatch(outcome -> outcome.difference().isEmpty());
        System.out.println(Arrays.toString(TortureWay.values()) + ": " + MORE.size() + " messages each of the folder");
    }
}
