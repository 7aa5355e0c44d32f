package org.strowger.e2e;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A program that a test started: its output goes to a file, and closing it kills it and its children. */
final class OsProcess implements AutoCloseable {
    private static final int TAIL_LINES = 30;

    private final Process process;
    private final Path log;
    private final String name;

    private OsProcess(Process process, Path log, String name) {
        this.process = process;
        this.log = log;
        this.name = name;
    }

    /** Starts a command in a directory; its output is appended to NAME.log there. */
    static OsProcess start(Path directory, String name, List<String> command) {
        Path log = directory.resolve(name + ".log");
        try {
            Process process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .start();
            return new OsProcess(process, log, name);
        } catch (IOException e) {
            throw new UncheckedIOException(String.join(" ", command), e);
        }
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Waits for the program to end by itself, and returns its exit code. */
    int join(Duration limit) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError(name + " still runs after " + limit + "\n" + tail());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(name + ": interrupted", e);
        }
    }

    /** Sends a signal, by its name without SIG. */
    void signal(String signal) {
        try {
            new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Kills the program and its children at once (SIGKILL), and waits until it is gone. Returns when it began to, by the clock of {@link System#nanoTime}. */
    long killHard() {
        // To find the children takes longer than to kill them.
        List<ProcessHandle> children = process.descendants().toList();
        long nanos = System.nanoTime();
        children.forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        join(Duration.ofSeconds(10));
        return nanos;
    }

    /** All that it has printed. */
    String output() {
        try {
            return Files.readString(log, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The last lines that it printed, to explain a failure. */
    String tail() {
        List<String> lines = output().lines().toList();
        return "--- end of " + log + "\n"
                + String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size())) + "\n";
    }

    /** How often a regular expression occurs in what it has printed. */
    int count(String regex) {
        Matcher matcher = Pattern.compile(regex).matcher(output());
        int n = 0;
        while (matcher.find()) {
            n++;
        }
        return n;
    }

    /** Waits until a regular expression has occurred so many times in its output. */
    void awaitOutput(String regex, int times) {
        try {
            await().atMost(Duration.ofSeconds(20)).until(() -> count(regex) >= times);
        } catch (org.awaitility.core.ConditionTimeoutException e) {
            throw new AssertionError(
                    name + ": \"" + regex + "\" " + count(regex) + " times (expected: " + times + ")\n" + tail(), e);
        }
    }

    @Override
    public void close() {
        killHard();
    }
}
