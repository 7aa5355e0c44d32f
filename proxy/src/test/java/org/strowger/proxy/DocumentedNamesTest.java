package org.strowger.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Documents that walk through the code name classes in backticks; a renamed class must be renamed there too. */
class DocumentedNamesTest {
    private static final Pattern NAMED = Pattern.compile("`([A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*)(\\.[A-Za-z0-9.()]+)?`");
    private static final Pattern DECLARED =
            Pattern.compile("^[^/*\"]*\\b(?:class|record|enum|interface)\\s+(\\w+)", Pattern.MULTILINE);
    /** Headers of SIP, and types of the JDK and of Netty, that these documents may name. */
    private static final Set<String> OTHERS = Set.of("Route", "Path", "Contact", "From", "To", "Ticker", "EventLoop");

    @ParameterizedTest
    @ValueSource(strings = {"life-of-a-message.md", "life-of-a-connection.md", "threading.md"})
    void namesOnlyClassesThatExist(String document) {
        Set<String> missing = named(Sources.text(Sources.root().resolve("docs").resolve(document)));
        missing.removeAll(declared());
        missing.removeAll(OTHERS);
        assertThat(missing)
                .as(
                        "docs/%s names classes that do not exist (rename them there, or add foreign words to OTHERS)",
                        document)
                .isEmpty();
    }

    @Test
    void readsNamesInBackticksOnly() {
        assertThat(named("A Splice, `Router`, `HandOver.Kind`, `HandOver.flush()`, `TCP` and `route()`."))
                .containsExactlyInAnyOrder("Router", "HandOver");
    }

    private static Set<String> named(String document) {
        return matches(NAMED, document);
    }

    private static Set<String> declared() {
        return Sources.java().stream()
                .filter(DocumentedNamesTest::isMain)
                .flatMap(file -> matches(DECLARED, Sources.text(file)).stream())
                .collect(Collectors.toSet());
    }

    private static boolean isMain(Path file) {
        return file.toString().contains("/src/main/");
    }

    private static Set<String> matches(Pattern pattern, String text) {
        Set<String> found = new TreeSet<>();
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }
}
