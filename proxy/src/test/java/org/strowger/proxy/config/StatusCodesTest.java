package org.strowger.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class StatusCodesTest {

    @Test
    void wholeClassesAndRunsAreShownInFewWords() {
        Set<Integer> but408 = IntStream.range(200, 500)
                .filter(code -> code / 100 != 3 && code != 408)
                .boxed()
                .collect(Collectors.toSet());
        assertThat(new StatusCodes(new TreeSet<>(but408)).text()).isEqualTo("[2xx, 400-407, 409-499]");
        assertThat(new StatusCodes(new TreeSet<>(Set.of(500, 503, 504, 699))).text())
                .isEqualTo("[500, 503-504, 699]");
        assertThat(new StatusCodes(new TreeSet<>()).text()).isEqualTo("[]");
    }
}
