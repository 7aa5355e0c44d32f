package org.strowger.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where files of the tests lie: the project's own, and one fresh directory for each run, kept for reading afterwards. */
final class RunDirectory {
    private RunDirectory() {}

    /** The root of the project. */
    static Path project() {
        return Path.of(System.getProperty("strowger.root", ".."))
                .toAbsolutePath()
                .normalize();
    }

    /** A fresh directory below target/runs. */
    static Path create(String name) {
        try {
            Path runs = Files.createDirectories(Path.of(System.getProperty("e2e.work", "target/runs")));
            return Files.createTempDirectory(runs.toAbsolutePath(), name + "-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes a text file and returns its path. */
    static Path write(Path file, String text) {
        try {
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The lines of a text file. */
    static java.util.List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A resource beside these classes, as text. */
    static String resource(String name) {
        try (var in = RunDirectory.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalArgumentException(
                        "resource: " + name + " (expected: one beside " + RunDirectory.class + ")");
            }
            return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
