package org.strowger.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.strowger.health.passive.LiveSignals;

/** How long a backend that is down keeps its dialogs. */
class LingeringTest {
    private static final long MILLI = 1_000_000;

    private long now = Long.MAX_VALUE - 3_000 * MILLI;
    private final PoolHealth pool =
            new PoolHealth("p", HealthSettings.standard(), MinAvailable.count(1), () -> Instant.EPOCH, t -> {});
    private final BackendHealth backend = pool.join("a", now);

    {
        pool.join("b", now);
    }

    /**
     * Each letter is 250 ms: p passed, f no answer, r refused, w wrong answer; i ICMP error of a live request, o a response to
     * one, - nothing.
     */
    @ParameterizedTest
    @CsvSource({
        "pfff, LINGERING",
        // The first probe was answered 5 s ago.
        "pfff----------------, LINGERING",
        "pfff-----------------, NONE",
        "pffffffffffffffffffff, NONE",
        // Any answer is one, a wrong one too.
        "pwww, LINGERING",
        "pwww------------------wf, LINGERING",
        "pfff--------f-----w--f, LINGERING",
        // A backend that flaps, and is kept out although its probes are good, keeps the calls it has.
        "pfffppppfffppppfffppppfff, LINGERING",
        "pfffppppfffppppfffppppffffffffffffffffffff, NONE",
        // The network says so.
        "prrr, NONE",
        "pffr, NONE",
        "pfffr, NONE",
        "pfffrf, NONE",
        "pfff-i, NONE",
        "pii, NONE",
        "pif, NONE",
        "pifw, LINGERING",
        "prrrw, LINGERING",
        "pfff-io, LINGERING",
        // Nobody has heard of it, but nobody was here before either.
        "fff, LINGERING",
        "fff------------------, NONE",
        "fffpp, NEW_AND_ESTABLISHED"
    })
    void patience(String events, Eligibility expected) {
        events.chars().forEach(this::happens);
        assertThat(pool.eligibility("a")).isEqualTo(expected);
    }

    private void happens(int event) {
        now += 250 * MILLI;
        switch (event) {
            case 'p' -> backend.onProbe(new ProbeResult(ProbeVerdict.PASSED, MILLI, "p"), now);
            case 'w' -> backend.onProbe(new ProbeResult(ProbeVerdict.FAILED, MILLI, "w"), now);
            case 'f' -> backend.onProbe(new ProbeResult(ProbeVerdict.FAILED, ProbeResult.NO_ANSWER, "f"), now);
            case 'r' -> backend.onProbe(new ProbeResult(ProbeVerdict.FAILED, ProbeResult.NO_ANSWER, "r", true), now);
            case 'i' -> backend.onLive(LiveSignals.unreachable(1), now);
            case 'o' -> backend.onLive(LiveSignals.answered(1), now);
            default -> pool.onTick(now);
        }
        pool.refresh();
    }

    @Test
    void theEndIsADeadlineAndChangesTheSnapshot() {
        "pfff".chars().forEach(this::happens);
        assertThat(pool.nextDeadlineNanos()).hasValue(now - 750 * MILLI + Lingering.PATIENCE.toNanos());
        assertThat(pool.onTick(pool.nextDeadlineNanos().orElseThrow() - 1)).isFalse();
        assertThat(pool.onTick(pool.nextDeadlineNanos().orElseThrow())).isTrue();
        assertThat(pool.nextDeadlineNanos()).isEmpty();
    }

    @Test
    void whatPeopleTakeOutKeepsNothing() {
        "pfff".chars().forEach(this::happens);
        backend.onAdmin(AdminState.MAINT, "admin: alice", now);
        assertThat(backend.eligibility()).isEqualTo(Eligibility.NONE);
        backend.onAdmin(AdminState.DRAIN, "admin: alice", now);
        assertThat(backend.eligibility()).isEqualTo(Eligibility.LINGERING);
    }
}
