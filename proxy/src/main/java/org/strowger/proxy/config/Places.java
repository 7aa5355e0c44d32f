package org.strowger.proxy.config;

import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import java.nio.file.Path;
import java.util.Optional;
import org.strowger.threading.RunsOn;

/** Says where a value was written, in terms of the path that the operator named. */
@RunsOn(RunsOn.Runner.ANY)
final class Places {
    private final Path named;
    private final Path folder;

    /** Files are shown relative to the folder of {@code named}, as its own path was given. */
    Places(Path named) {
        this.named = named;
        this.folder = folderOf(named);
    }

    static Path folderOf(Path file) {
        Path parent = file.toAbsolutePath().normalize().getParent();
        return parent == null ? file.toAbsolutePath() : parent;
    }

    /** The first line of the file. */
    Place top() {
        return new Place(named.toString(), 1);
    }

    Place of(ConfigValue value, Optional<ConfigValue> raw, Place otherwise) {
        return of(value.origin()).or(() -> raw.flatMap(r -> of(r.origin()))).orElse(otherwise);
    }

    /** The place of something that has a file and a line. */
    Optional<Place> of(ConfigOrigin origin) {
        return origin.filename() == null || origin.lineNumber() < 1
                ? Optional.empty()
                : Optional.of(new Place(shown(Path.of(origin.filename())), origin.lineNumber()));
    }

    String shown(Path file) {
        Path absolute = file.toAbsolutePath().normalize();
        return absolute.startsWith(folder)
                ? named.resolveSibling(folder.relativize(absolute)).toString()
                : file.toString();
    }
}
