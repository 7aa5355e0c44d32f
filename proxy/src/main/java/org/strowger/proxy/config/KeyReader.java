package org.strowger.proxy.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.strowger.threading.RunsOn;

/** Reads the cluster keys, and the file that may hold one. */
@RunsOn(RunsOn.Runner.CONTROL)
final class KeyReader {
    private static final int MAX_FILE_BYTES = 4096;

    private final Path folder;
    private final KeyRequirement requirement;
    private final Problems problems;

    KeyReader(Path folder, KeyRequirement requirement, Problems problems) {
        this.folder = folder;
        this.requirement = requirement;
        this.problems = problems;
    }

    /**
     * The keys of one file.
     *
     * @param current signs
     * @param file where it came from, if it did not stand in the configuration
     * @param previous is still accepted
     */
    record Keys(Optional<KeyMaterial> current, Optional<Path> file, Optional<KeyMaterial> previous) {}

    Keys read(Section root) {
        int before = problems.count();
        Optional<Located> keyFile = root.written("cluster-key-file");
        if (keyFile.isPresent() && root.written("cluster-key").isPresent()) {
            problems.expected(keyFile.get(), "set beside cluster-key", "one of the two");
        }
        Optional<Path> file = root.find("cluster-key-file", FilePath.in(folder));
        // The file wins over the default, which comes from the environment.
        boolean fileOnly = keyFile.isPresent() && root.written("cluster-key").isEmpty();
        Optional<KeyMaterial> key = fileOnly ? Optional.empty() : root.find("cluster-key", Syntax.key());
        if (file.isPresent()) {
            key = fromFile(keyFile.orElseThrow(), file.get());
        }
        if (key.isEmpty() && requirement == KeyRequirement.REQUIRED && problems.count() == before) {
            problems.expected(
                    root.placeOf("cluster-key"),
                    "missing",
                    Syntax.key().expected()
                            + "; or cluster-key-file, or the environment variable STROWGER_CLUSTER_KEY");
        }
        Optional<KeyMaterial> previous = root.find("previous-cluster-key", Syntax.key());
        return new Keys(key, file, previous);
    }

    private Optional<KeyMaterial> fromFile(Located at, Path file) {
        String shown = Problems.shown(at.value());
        try (var in = Files.newInputStream(file)) {
            String text = new String(in.readNBytes(MAX_FILE_BYTES), StandardCharsets.UTF_8);
            Parsed<KeyMaterial> parsed = Syntax.key().parse(text.strip());
            if (parsed instanceof Parsed.Ok<KeyMaterial> ok) {
                return Optional.of(ok.value());
            }
            problems.expected(at, shown, "a file of " + ((Parsed.Bad<KeyMaterial>) parsed).expected());
        } catch (IOException e) {
            problems.expected(
                    at, shown, "a file that can be read; " + e.getClass().getSimpleName());
        }
        return Optional.empty();
    }
}
