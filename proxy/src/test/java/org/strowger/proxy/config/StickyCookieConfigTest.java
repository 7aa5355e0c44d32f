package org.strowger.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.strowger.proxy.tls.TestAuthority;

/** What is refused stands in {@code broken/sticky-cookies.conf}. */
class StickyCookieConfigTest {
    private static final String WEB = "listeners { web { transport = ws, bind = \"127.0.0.1:0\" } }\n";
    private static final String POOL = """
            pools {
              w {
                backends = ["http:10.0.0.1"]
                sticky-cookie { name = S, same-site = none }
              }
            }
            """;
    private static final String RULES = "rules = [{ pool = w }]\n";
    private static final String NOT_KEPT =
            ":5: warning: pools.w.sticky-cookie: same-site = none (browsers keep it over TLS only, and no listener";

    @TempDir
    private Path folder;

    private Optional<StickyCookieConfig> cookie(String written) {
        return Loading.in(folder)
                .loaded(WEB + "pools { w { backends = [\"http:10.0.0.1\"], " + written + " } }\n" + RULES)
                .pools()
                .get(0)
                .stickyCookie();
    }

    private List<String> warnings(String text) {
        return ((ConfigResult.Loaded) Loading.in(folder).text(text))
                .warnings().stream().map(ConfigProblem::toString).toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sticky-cookie = S | S",
                "sticky-cookie { name = S } | S",
                "sticky-cookie.name = S | S",
                "sticky-cookie { name = S, same-site = lax } | S",
                "sticky-cookie { name = S, same-site = strict } | S same-site=strict",
                "sticky-cookie { name = S, same-site = none } | S same-site=none",
                "sticky-cookie { name = S, same-site = none, partitioned = false } | S same-site=none",
                "sticky-cookie { name = __Host-S, same-site = none, partitioned = true } | __Host-S same-site=none partitioned",
                "sticky-cookie = off, sticky-cookie.name = S | S",
            })
    void theNameAloneOrAnObjectIsRead(String written, String cookie) {
        assertThat(cookie(written).map(StickyCookieConfig::toString)).contains(cookie);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "sticky-cookie = off",
                "sticky-cookie = null",
                "sticky-cookie { name = S }, sticky-cookie = off"
            })
    void itCanBeOff(String written) {
        assertThat(cookie(written)).isEmpty();
    }

    @Test
    void oneThatNoBrowserWouldKeepIsWarnedOf() {
        assertThat(warnings(WEB + POOL + RULES)).singleElement().asString().contains(NOT_KEPT);
        assertThat(warnings(WEB + POOL.replace("none", "strict") + RULES)).isEmpty();
        // Nobody comes here but over TLS, which somebody in front ends.
        assertThat(warnings(WEB + POOL + RULES + "http.trusted = [\"10.0.0.0/8\"]"))
                .isEmpty();
        assertThat(warnings(WEB + POOL + RULES + "listeners.web.proxy-protocol.from = \"10.0.0.0/8\""))
                .isEmpty();
    }

    @Test
    void oneListenerOverTlsIsEnoughIfItLeadsThere() {
        new TestAuthority("authority").issue("dns:gw.example.net").write(folder, "a");
        String both = WEB + "listeners.tls { transport = wss, bind = \"127.0.0.1:0\", tls = t }\n"
                + "tls.t { certificate = \"a.pem\", key = \"a.key\" }\n";
        assertThat(warnings(both + POOL + RULES)).noneMatch(line -> line.contains("same-site"));
        assertThat(warnings(both + POOL + "rules = [{ listener = tls, pool = w }]"))
                .noneMatch(line -> line.contains("same-site"));
        assertThat(warnings(both + POOL + "rules = [{ listener = web, pool = w }]"))
                .anyMatch(line -> line.contains("same-site = none"));
    }

    @Test
    void onlyOneForAllPagesCanBePartitioned() {
        assertThatThrownBy(() -> new StickyCookieConfig("S", SameSite.LAX, true))
                .hasMessage("partitioned: true (expected: false unless sameSite is NONE)");
    }
}
