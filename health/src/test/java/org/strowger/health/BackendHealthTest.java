package org.strowger.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.strowger.health.passive.EjectionState;
import org.strowger.health.passive.LiveSignals;
import org.strowger.health.passive.PassiveSettings;

/** The state machine of one backend, and of its pool, row by row. */
class BackendHealthTest {
    private static final long SECOND = 1_000_000_000;

    private long now = Long.MAX_VALUE - 5 * SECOND;
    private final PoolHealth pool =
            new PoolHealth("p", HealthSettings.standard(), MinAvailable.count(1), () -> Instant.EPOCH, t -> {});
    private final BackendHealth a = pool.join("a", now);
    private final BackendHealth b = pool.join("b", now);

    @ParameterizedTest
    @CsvSource({
        "READY, UNKNOWN, IN, false, NEW_AND_ESTABLISHED",
        "READY, UP, IN, false, NEW_AND_ESTABLISHED",
        "READY, UP, TRIAL, false, TRIAL",
        "READY, UNKNOWN, TRIAL, false, TRIAL",
        "READY, UP, BUSY, false, ESTABLISHED_ONLY",
        "READY, UP, EJECTED, false, ESTABLISHED_ONLY",
        "READY, DOWN, IN, false, NONE",
        "READY, DOWN, TRIAL, false, NONE",
        "READY, DOWN, EJECTED, false, NONE",
        "DRAIN, UP, IN, false, ESTABLISHED_ONLY",
        "DRAIN, UNKNOWN, TRIAL, false, ESTABLISHED_ONLY",
        "DRAIN, UP, EJECTED, false, ESTABLISHED_ONLY",
        "DRAIN, DOWN, IN, false, NONE",
        "MAINT, UP, IN, false, NONE",
        "MAINT, UNKNOWN, TRIAL, false, NONE",
        "MAINT, DOWN, BUSY, false, NONE",
        "READY, DOWN, IN, true, LINGERING",
        "READY, DOWN, EJECTED, true, LINGERING",
        "DRAIN, DOWN, IN, true, LINGERING",
        "MAINT, DOWN, IN, true, NONE"
    })
    void theTruthTable(
            AdminState admin, HealthState health, EjectionState ejection, boolean lingers, Eligibility expected) {
        assertThat(Eligibility.of(admin, health, ejection, lingers)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        // p passed, f no answer, r refused, w wrong answer, m maintenance
        "'', UNKNOWN, FIRST, NEW_AND_ESTABLISHED",
        "f, DOWN, DOWN, LINGERING",
        "r, DOWN, DOWN, NONE",
        "w, UNKNOWN, FIRST, NEW_AND_ESTABLISHED",
        "ww, UNKNOWN, FIRST, NEW_AND_ESTABLISHED",
        "wwf, DOWN, DOWN, LINGERING",
        "wf, DOWN, DOWN, LINGERING",
        "www, DOWN, DOWN, LINGERING",
        "fpp, UP, NORMAL, NEW_AND_ESTABLISHED",
        "pr, UP, FAST, NEW_AND_ESTABLISHED",
        "prr, UP, FAST, NEW_AND_ESTABLISHED",
        "p, UP, NORMAL, NEW_AND_ESTABLISHED",
        "pf, UP, FAST, NEW_AND_ESTABLISHED",
        "pffpff, UP, FAST, NEW_AND_ESTABLISHED",
        "pfff, DOWN, DOWN, LINGERING",
        "pwww, DOWN, DOWN, LINGERING",
        "pfffp, DOWN, FAST, LINGERING",
        "pfffpfp, DOWN, FAST, LINGERING",
        "pfffpp, UP, NORMAL, NEW_AND_ESTABLISHED",
        "pm, UP, NORMAL, ESTABLISHED_ONLY",
        "pmp, UP, FAST, ESTABLISHED_ONLY",
        "pmpfp, UP, FAST, ESTABLISHED_ONLY",
        "pmpp, UP, NORMAL, NEW_AND_ESTABLISHED",
        "pmfff, DOWN, DOWN, LINGERING"
    })
    void probes(String probes, HealthState health, ProbePace pace, Eligibility eligibility) {
        for (int i = 0; i < probes.length(); i++) {
            now += SECOND / 4;
            a.onProbe(probe(probes.charAt(i)), now);
        }
        assertThat(a.health()).isEqualTo(health);
        assertThat(a.pace()).isEqualTo(pace);
        assertThat(a.eligibility()).isEqualTo(eligibility);
    }

    @Test
    void oneLostDatagramNeverEjects() {
        for (int i = 0; i < 100; i++) {
            live(LiveSignals.answered(1));
            live(LiveSignals.noResponse(1));
            live(LiveSignals.answered(20));
            now += SECOND;
        }
        live(LiveSignals.noResponse(1));
        assertThat(a.ejection()).isEqualTo(EjectionState.IN);
        assertThat(a.log().transitions()).isEmpty();
    }

    @Test
    void aGoodProbeDoesNotEndAnEjectionAndLiveSuccessDoes() {
        live(LiveSignals.noResponse(3));
        assertThat(a.ejection()).isEqualTo(EjectionState.EJECTED);
        for (int i = 0; i < 100; i++) {
            now += SECOND / 5;
            pool.onTick(now);
            a.onProbe(probe('p'), now);
        }
        assertThat(a.ejection()).isEqualTo(EjectionState.TRIAL);
        live(LiveSignals.answered(2));
        live(LiveSignals.noResponse(1));
        live(LiveSignals.answered(2));
        assertThat(a.ejection()).isEqualTo(EjectionState.TRIAL);
        live(LiveSignals.answered(1));
        assertThat(a.ejection()).isEqualTo(EjectionState.IN);
        assertThat(a.log().transitions())
                .extracting(Transition::sentence)
                .containsExactly(
                        "in -> ejected: 3 requests in a row without response"
                                + " (in 10s: 0 served, 3 failed; trial in 10s, ejection 1)",
                        "unknown -> up: first good probe (OPTIONS udp:192.0.2.1:5060: p)",
                        "ejected -> trial: a few live requests may try it",
                        "trial -> in: 3 live requests in a row served (the last: 1 served, 0 failed)");
    }

    @Test
    void ejectionsDoubleUpToTheLongestAndAreForgiven() {
        int[] expected = {10, 20, 40, 80, 160, 300, 300};
        live(LiveSignals.noResponse(3));
        for (int seconds : expected) {
            assertThat(a.nextDeadlineNanos().orElseThrow() - now).isEqualTo(seconds * SECOND);
            now += seconds * SECOND;
            pool.onTick(now);
            assertThat(a.ejection()).isEqualTo(EjectionState.TRIAL);
            live(LiveSignals.listedErrors(1));
            live(LiveSignals.listedErrors(1));
        }
        now += 300 * SECOND;
        pool.onTick(now);
        live(LiveSignals.answered(3));
        now += 3_600 * SECOND;
        live(LiveSignals.noResponse(3));
        assertThat(a.nextDeadlineNanos().orElseThrow() - now).isEqualTo(10 * SECOND);
    }

    @Test
    void busyKeepsNewCallsAwayForAsLongAsItSays() {
        live(LiveSignals.busy(1, 7));
        assertThat(a.eligibility()).isEqualTo(Eligibility.ESTABLISHED_ONLY);
        now += 7 * SECOND - 1;
        pool.onTick(now);
        assertThat(a.eligibility()).isEqualTo(Eligibility.ESTABLISHED_ONLY);
        now++;
        pool.onTick(now);
        assertThat(a.eligibility()).isEqualTo(Eligibility.NEW_AND_ESTABLISHED);
    }

    @Test
    void requestsInARowWithoutAnyResponseNeedOneFailedProbe() {
        a.onProbe(probe('p'), now);
        live(LiveSignals.silent(2));
        assertThat(a.wantsProbeNow()).isFalse();
        live(LiveSignals.silent(1));
        assertThat(a.wantsProbeNow()).isTrue();
        assertThat(a.health()).isEqualTo(HealthState.UP);
        a.onProbe(probe('f'), now);
        assertThat(a.health()).isEqualTo(HealthState.DOWN);
        assertThat(a.reason()).contains("requests in a row unanswered");
    }

    @Test
    void aResponseInBetweenEndsTheSuspicion() {
        a.onProbe(probe('p'), now);
        live(LiveSignals.silent(2));
        live(LiveSignals.answered(1));
        live(LiveSignals.silent(2));
        assertThat(a.wantsProbeNow()).isFalse();
        a.onProbe(probe('f'), now);
        assertThat(a.health()).isEqualTo(HealthState.UP);
    }

    @Test
    void twoNetworkErrorsOrOneWithAFailedProbeAreEnough() {
        live(LiveSignals.unreachable(1));
        assertThat(a.wantsProbeNow()).isTrue();
        assertThat(a.health()).isEqualTo(HealthState.UNKNOWN);
        a.onProbe(probe('f'), now);
        assertThat(a.health()).isEqualTo(HealthState.DOWN);
        b.onLive(LiveSignals.connectFailed(1), now);
        b.onLive(LiveSignals.answered(1), now);
        b.onLive(LiveSignals.connectFailed(1), now);
        b.onProbe(probe('p'), now);
        b.onLive(LiveSignals.reset(5), now);
        assertThat(b.health()).isEqualTo(HealthState.UP);
        b.onLive(LiveSignals.connectFailed(1), now);
        assertThat(b.health()).isEqualTo(HealthState.DOWN);
    }

    @Test
    void whoNeverAnsweredIsDownWithItsFirstProbeAndCountsAsSilent() {
        for (BackendHealth one : List.of(a, b)) {
            one.onProbe(probe('f'), now);
            assertThat(one.health()).isEqualTo(HealthState.DOWN);
            assertThat(one.isAnswering()).isFalse();
        }
        pool.refresh();
        assertThat(pool.eligibility("a")).as("a trickle").isEqualTo(Eligibility.TRIAL);
        assertThat(a.reason()).startsWith("unknown -> down: nothing has answered yet (OPTIONS");
    }

    @Test
    void theLastOneStaysAndSaysWhy() {
        live(LiveSignals.noResponse(3));
        b.onLive(LiveSignals.noResponse(3), now);
        b.onLive(LiveSignals.noResponse(1), now);
        assertThat(b.ejection()).isEqualTo(EjectionState.IN);
        assertThat(b.log().transitions()).hasSize(1);
        assertThat(b.reason()).startsWith("in -> in: not ejected: max-ejected allows 1 of 2, 1 are out");
    }

    @Test
    void nobodyIsEjectedWhenAllFailAlike() {
        for (int i = 0; i < 20; i++) {
            now += SECOND / 10;
            LiveSignals half = i % 2 == 0 ? LiveSignals.answered(1) : LiveSignals.listedErrors(1);
            b.onLive(half, now);
            live(half);
        }
        assertThat(List.of(a.ejection(), b.ejection())).containsOnly(EjectionState.IN);
        assertThat(b.reason()).contains("of the others' requests 44 % fail as well");
    }

    @Test
    void panicOfALargePoolNamesAFew() {
        PoolHealth large =
                new PoolHealth("l", HealthSettings.standard(), MinAvailable.count(1), () -> Instant.EPOCH, t -> {});
        for (int i = 0; i < 13; i++) {
            BackendHealth member = large.join("m" + i, now);
            for (int j = 0; j < 3; j++) {
                member.onProbe(probe('w'), now);
            }
        }
        large.refresh();
        assertThat(large.log().last().orElseThrow().sentence())
                .startsWith("normal -> panic: 0 of 13 backends take new calls, 1 must (kept the least bad: m")
                .endsWith(" and 3 more)");
    }

    @Test
    void panicKeepsTheLeastBadAndPeoplesOrders() {
        live(LiveSignals.noResponse(3));
        assertThat(pool.eligibility("a")).isEqualTo(Eligibility.ESTABLISHED_ONLY);
        b.onAdmin(AdminState.DRAIN, "admin: alice", now);
        assertThat(pool.refresh()).isTrue();
        assertThat(pool.isPanic()).isTrue();
        assertThat(pool.eligibility("a")).isEqualTo(Eligibility.NEW_AND_ESTABLISHED);
        assertThat(pool.eligibility("b")).isEqualTo(Eligibility.ESTABLISHED_ONLY);
        assertThat(pool.log().last().orElseThrow().sentence())
                .isEqualTo("normal -> panic: 0 of 2 backends take new calls, 1 must (kept the least bad: a (ejected))");
        for (int i = 0; i < 3; i++) {
            a.onProbe(probe('w'), now);
        }
        pool.refresh();
        assertThat(pool.eligibility("a")).as("down, but answers").isEqualTo(Eligibility.NEW_AND_ESTABLISHED);
        for (int i = 0; i < 3; i++) {
            a.onProbe(probe('f'), now);
        }
        pool.refresh();
        assertThat(pool.eligibility("a")).as("down and silent").isEqualTo(Eligibility.TRIAL);
        b.onAdmin(AdminState.READY, "admin: alice", now);
        pool.refresh();
        assertThat(pool.isPanic()).isFalse();
        assertThat(pool.eligibility("a")).isEqualTo(Eligibility.LINGERING);
    }

    @Test
    void withoutProbesNetworkErrorsEject() {
        pool.onSettings(HealthSettings.unprobed(PassiveSettings.standard()), MinAvailable.count(1), now);
        live(LiveSignals.unreachable(2));
        assertThat(a.health()).isEqualTo(HealthState.UNKNOWN);
        assertThat(a.wantsProbeNow()).isFalse();
        assertThat(a.ejection()).isEqualTo(EjectionState.EJECTED);
    }

    @ParameterizedTest
    @CsvSource({"1, 0.5, 0", "2, 0.5, 1", "2, 0.1, 1", "3, 0.5, 1", "4, 0.5, 2", "4, 1, 3", "100, 0.29, 29", "5, 0, 0"})
    void howManyMayBeEjected(int members, double share, int expected) {
        Duration ten = Duration.ofSeconds(10);
        assertThat(new PassiveSettings(3, 0.2, 5, ten, ten, ten, share, 3).ejectable(members))
                .isEqualTo(expected);
    }

    private void live(LiveSignals signals) {
        a.onLive(signals, now);
        pool.refresh();
    }

    private static ProbeResult probe(char kind) {
        String evidence = "OPTIONS udp:192.0.2.1:5060: " + kind;
        return switch (kind) {
            case 'p' -> new ProbeResult(ProbeVerdict.PASSED, 1_000_000, evidence);
            case 'w' -> new ProbeResult(ProbeVerdict.FAILED, 1_000_000, evidence);
            case 'r' -> new ProbeResult(ProbeVerdict.FAILED, ProbeResult.NO_ANSWER, evidence, true);
            case 'm' -> new ProbeResult(ProbeVerdict.MAINTENANCE, 1_000_000, evidence);
            default -> new ProbeResult(ProbeVerdict.FAILED, ProbeResult.NO_ANSWER, evidence);
        };
    }
}
