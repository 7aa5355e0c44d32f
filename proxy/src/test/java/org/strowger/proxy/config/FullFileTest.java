package org.strowger.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The example that claims to have every key has it. */
final class FullFileTest {
    private static final Path FULL = Path.of("..", "conf", "full.conf");
    private static final Path REFERENCE = Path.of("src", "main", "resources", "reference.conf");

    @Test
    void everyKeyOfTheReferenceIsInTheFullFile() throws IOException {
        Set<String> keys = new TreeSet<>();
        collect(ConfigFactory.parseFile(REFERENCE.toFile()).root(), keys);
        assertThat(keys).contains("websocket", "pong-timeout", "ciphers", "redispatch");
        String full = Files.readString(FULL);
        assertThat(keys)
                .allSatisfy(key -> assertThat(Pattern.compile("(?<![\\w-])" + Pattern.quote(key) + "(?![\\w-])")
                                .matcher(full)
                                .find())
                        .as("conf/full.conf has the key %s", key)
                        .isTrue());
    }

    private static void collect(ConfigObject object, Set<String> keys) {
        object.forEach((key, value) -> {
            if (!key.endsWith("-defaults")) {
                keys.add(key);
            }
            descend(value, keys);
        });
    }

    private static void descend(ConfigValue value, Set<String> keys) {
        if (value instanceof ConfigObject object) {
            collect(object, keys);
        }
    }
}
