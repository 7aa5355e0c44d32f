package org.strowger.proxy.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** Loads texts as files of a folder, on a machine that is the same everywhere. */
public record Loading(Path folder, Map<String, String> variables, KeyRequirement keyRequirement) {
    public static final String KEY = Base64.getEncoder().encodeToString(new byte[KeyMaterial.BYTES]);
    static final int PROCESSORS = 4;

    /** With a key, so that nobody misses one. */
    public static Loading in(Path folder) {
        return new Loading(folder, Map.of("STROWGER_CLUSTER_KEY", KEY), KeyRequirement.REQUIRED);
    }

    Loading with(Map<String, String> others) {
        return new Loading(folder, others, keyRequirement);
    }

    Loading requiring(KeyRequirement other) {
        return new Loading(folder, variables, other);
    }

    Path write(String name, String text) {
        try {
            return Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    ConfigResult file(Path file) {
        return new ConfigLoader(new Machine(variables, PROCESSORS, "exchange-1"), keyRequirement).load(file);
    }

    ConfigResult text(String text) {
        return file(write("test.conf", text));
    }

    public StrowgerConfig loaded(String text) {
        ConfigResult result = text(text);
        if (result instanceof ConfigResult.Loaded loaded) {
            return loaded.config();
        }
        throw new AssertionError(String.join("\n", lines(result)));
    }

    /** The problems or warnings as an operator sees them, without the folder. */
    List<String> lines(ConfigResult result) {
        List<ConfigProblem> problems = result instanceof ConfigResult.Rejected rejected
                ? rejected.problems()
                : ((ConfigResult.Loaded) result).warnings();
        return problems.stream()
                .map(problem -> problem.toString().replace(folder + "/", ""))
                .toList();
    }
}
