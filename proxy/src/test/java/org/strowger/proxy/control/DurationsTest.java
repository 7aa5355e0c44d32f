package org.strowger.proxy.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DurationsTest {

    @Test
    void oneOrMoreNumbersWithUnits() {
        assertThat(Durations.parse("0s")).contains(Duration.ZERO);
        assertThat(Durations.parse("1h30m")).contains(Duration.ofMinutes(90));
        assertThat(Durations.parse("2d250ms")).contains(Duration.ofDays(2).plusMillis(250));
    }

    @Test
    void nothingElse() {
        for (String bad : List.of("", "5", "s", "5 s", "-5s", "1h-30m", "1.5h", "5sx", "x5s", "9999999999s")) {
            assertThat(Durations.parse(bad)).as(bad).isEmpty();
        }
    }

    @Test
    void whatIsWrittenIsReadAgain() {
        for (long millis : new long[] {0, 1, 999, 1_000, 61_001, 3_600_000, 86_400_000, 90_061_001}) {
            Duration duration = Duration.ofMillis(millis);
            assertThat(Durations.parse(Durations.text(duration))).contains(duration);
        }
    }
}
