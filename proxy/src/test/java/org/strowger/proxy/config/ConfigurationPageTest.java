package org.strowger.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * docs/configuration.md has what reference.conf says. After a change of that file: {@code mvn -pl proxy -am test
 * -Dtest=ConfigurationPageTest -Dsurefire.failIfNoSpecifiedTests=false -Dstrowger.docs.write=true}.
 */
class ConfigurationPageTest {
    private static final Path PAGE = Path.of("..", "docs", "configuration.md");
    private static final String MARK = "<!-- From here on made from reference.conf; a test compares. -->\n";

    @Test
    void thePageHasEveryKeyOfReferenceConf() throws IOException {
        String page = Files.readString(PAGE);
        int mark = page.indexOf(MARK) + MARK.length();
        assertThat(page).contains(MARK);
        if (Boolean.getBoolean("strowger.docs.write")) {
            Files.writeString(PAGE, page.substring(0, mark) + ConfigurationPage.keys());
            return;
        }
        assertThat(page.substring(mark)).isEqualTo(ConfigurationPage.keys());
    }
}
