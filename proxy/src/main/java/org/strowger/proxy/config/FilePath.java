package org.strowger.proxy.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Names of files, relative to the folder of the configuration. */
final class FilePath {
    private static final String EXPECTED = "the path of a file";

    private FilePath() {}

    static Syntax<Path> in(Path folder) {
        return Syntax.of(EXPECTED, text -> {
            try {
                return text.isEmpty() ? new Parsed.Bad<>(EXPECTED) : new Parsed.Ok<>(folder.resolve(text));
            } catch (InvalidPathException e) {
                return new Parsed.Bad<>(EXPECTED);
            }
        });
    }
}
