package org.strowger.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** An installed Java runtime and its feature version. */
record Jdk(Path java, int version) {
    private static final Pattern VERSION = Pattern.compile("JAVA_VERSION=\"(?:1\\.)?(\\d+)");

    /** The newest one of this process's own and those below /usr/lib/jvm; {@code -Dstrowger.java=PATH} decides otherwise. */
    static Jdk newest() {
        String chosen = System.getProperty("strowger.java");
        if (chosen != null) {
            Path java = Path.of(chosen).toAbsolutePath();
            return at(java.resolve("../..").normalize()).findFirst().orElse(new Jdk(java, 0));
        }
        return Stream.concat(Stream.of(Path.of(System.getProperty("java.home"))), installed().stream())
                .flatMap(Jdk::at)
                .max(Comparator.comparingInt(Jdk::version))
                .orElseThrow();
    }

    /** The options that the program of a tree is started with, as {@code ./strowger} does: those of conf/jvm.options. */
    List<String> options(Path root) {
        Path conf = root.resolve("conf");
        String always = "@" + conf.resolve("jvm.options");
        return version < 23 ? List.of(always) : List.of(always, "@" + conf.resolve("jvm-23.options"));
    }

    private static List<Path> installed() {
        try (Stream<Path> homes = Files.list(Path.of("/usr/lib/jvm"))) {
            return homes.toList();
        } catch (IOException none) {
            return List.of();
        }
    }

    private static Stream<Jdk> at(Path home) {
        Path java = home.resolve("bin/java");
        Path release = home.resolve("release");
        if (!Files.isExecutable(java) || !Files.isReadable(release)) {
            return Stream.empty();
        }
        try {
            var matcher = VERSION.matcher(Files.readString(release));
            return matcher.find() ? Stream.of(new Jdk(java, Integer.parseInt(matcher.group(1)))) : Stream.empty();
        } catch (IOException unreadable) {
            return Stream.empty();
        }
    }
}
