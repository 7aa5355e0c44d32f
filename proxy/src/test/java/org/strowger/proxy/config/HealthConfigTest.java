package org.strowger.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.strowger.health.HealthSettings;
import org.strowger.health.MinAvailable;

/** {@code health}, {@code passive} and {@code min-available} of a pool. */
class HealthConfigTest {
    @TempDir
    Path folder;

    @Test
    void theDefaultsAreThoseOfTheMachines() {
        PoolConfig pool = pool("");
        assertThat(pool.healthSettings()).isEqualTo(HealthSettings.standard());
        assertThat(pool.minAvailable()).isEqualTo(MinAvailable.count(1));
        assertThat(pool.health().probe()).isEqualTo(new ProbeKind.Options());
        assertThat(pool.passive().errors().codes()).containsExactly(500, 503);
        assertThat(pool.passive().trialInterval()).isEqualTo(Duration.ofMillis(500));
    }

    @ParameterizedTest
    @CsvSource({
        // interval, timeout, fast, down
        "50, 40, 50, 100",
        "100, 80, 50, 200",
        "250, 200, 125, 500",
        "1000, 800, 500, 2000",
        "10000, 2000, 1000, 20000",
        "60000, 2000, 1000, 60000"
    })
    void timesThatAreNotWrittenFollowTheInterval(int interval, int timeout, int fast, int down) {
        HealthConfig health = pool("health.interval = " + interval + "ms").health();
        assertThat(List.of(health.interval(), health.timeout(), health.fastInterval(), health.downInterval()))
                .extracting(Duration::toMillis)
                .containsExactly((long) interval, (long) timeout, (long) fast, (long) down);
    }

    @Test
    void theAnswersThatAreGoodFollowTheProbe() {
        StatusCodes options = pool("").health().expect();
        assertThat(List.of(200, 404, 405, 483)).allMatch(options::contains);
        assertThat(List.of(302, 408, 480, 500, 503, 603)).noneMatch(options::contains);
        StatusCodes http = pool("health.probe = \"http:/janus/info\"").health().expect();
        assertThat(List.of(200, 204)).allMatch(http::contains);
        assertThat(List.of(301, 404, 500)).noneMatch(http::contains);
        StatusCodes written = pool("health.expect = [200, 5xx]").health().expect();
        assertThat(written.codes()).hasSize(101).contains(200, 500, 599);
        assertThat(pool("health.expect = 200").health().expect().codes()).containsExactly(200);
    }

    @Test
    void whatIsSwitchedOffIsOff() {
        PoolConfig pool = pool("health.probe = none, passive { no-response = off, min-errors = off, errors = [],"
                + " max-ejected = 0% }, min-available = 30%");
        assertThat(pool.healthSettings().isProbed()).isFalse();
        assertThat(pool.passive().settings().noResponse()).isZero();
        assertThat(pool.passive().settings().minErrors()).isZero();
        assertThat(pool.passive().settings().ejectable(10)).isZero();
        assertThat(pool.passive().errors().codes()).isEmpty();
        assertThat(pool.minAvailable().of(10)).isEqualTo(3);
    }

    private PoolConfig pool(String keys) {
        String text = "listeners { a { transport = udp, bind = \"127.0.0.1:0\" } }\n"
                + "pools { p { backends = [\"udp:127.0.0.1\"], " + keys + " } }\nrules = [{ pool = p }]\n";
        return Loading.in(folder).loaded(text).pools().get(0);
    }
}
