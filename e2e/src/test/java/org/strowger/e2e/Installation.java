package org.strowger.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where the program lies, and as whom it runs.
 *
 * @param root holds {@code strowger}, {@code conf} and {@code proxy/target} with {@code strowger.jar} and {@code lib}
 * @param prefix the beginning of every command: nothing, or what changes the user
 */
record Installation(Path root, List<String> prefix) {
    private static final String JAR = "proxy/target/strowger.jar";

    /** What the jar needs beside it. */
    private static final String LIBRARIES = "proxy/target/lib";

    /** The user and group "nobody" of every Linux. */
    static final int NOBODY = 65_534;

    Installation {
        prefix = List.copyOf(prefix);
    }

    /** The packaged program of this project, run by whoever runs the tests. */
    static Installation ofProject() {
        return new Installation(RunDirectory.project(), List.of());
    }

    /**
     * A copy without sources, as it is installed on a server, run by a user who owns nothing: nobody when the tests run as root,
     * else whoever runs them. Ends the test where root cannot become nobody.
     *
     * @param directory an empty one that everybody may enter
     */
    static Installation unprivileged(Path directory) {
        try {
            Path project = RunDirectory.project();
            copy(ofProject().jar(), directory.resolve(JAR));
            copy(project.resolve("strowger"), directory.resolve("strowger"));
            copyAll(project.resolve(LIBRARIES), directory.resolve(LIBRARIES));
            copyAll(project.resolve("conf"), directory.resolve("conf"));
            try (Stream<Path> folders = Files.walk(directory).filter(Files::isDirectory)) {
                for (Path folder : folders.toList()) {
                    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!"root".equals(System.getProperty("user.name"))) {
            return new Installation(directory, List.of());
        }
        List<String> become = List.of(
                Tool.SETPRIV.path(), "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups", "--no-new-privs");
        return new Installation(directory, become);
    }

    private static void copyAll(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        Files.copy(from, to);
        boolean program = Files.isExecutable(from);
        Files.setPosixFilePermissions(to, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
    }

    Path jar() {
        Path jar = root.resolve(JAR);
        if (!Files.isReadable(jar)) {
            throw new IllegalStateException(jar + " is missing (expected: packaged before these tests run)");
        }
        return jar;
    }

    /** The command that runs a program of this installation as its user. */
    List<String> command(String... words) {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(words));
        return command;
    }
}
