package org.strowger.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.strowger.health.Transition;

final class HealthLogTest {

    @Test
    void aLineNamesThePoolSinceABackendMayBeInSeveral() {
        assertThat(HealthLog.line("media", transition("udp:10.0.0.1:5060", "up -> down")))
                .isEqualTo("media udp:10.0.0.1:5060: up -> down: why (seen)");
        assertThat(HealthLog.line("media", transition("media", "normal -> panic")))
                .isEqualTo("media: normal -> panic: why (seen)");
    }

    private static Transition transition(String whose, String what) {
        return new Transition(Instant.EPOCH, whose, what, "why", "seen");
    }
}
