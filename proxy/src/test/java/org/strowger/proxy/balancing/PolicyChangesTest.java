package org.strowger.proxy.balancing;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Policies under other settings, and what they tell people. */
class PolicyChangesTest {
    private static final BalancingSettings SLOW = new BalancingSettings(
            BoundedLoad.DEFAULT,
            Preference.NONE,
            Duration.ofSeconds(10),
            BalancingSettings.DEFAULT.maxReportAge(),
            BalancingSettings.DEFAULT.trialInterval());

    private final MockTicker ticker = Ticker.newMockTicker();
    private final BackendLoads loads = new BackendLoads();

    private PickerFactory factory(String policy) {
        return BalancingPolicy.of(policy)
                .pickers(BalancingSettings.DEFAULT, new Measurements(loads, CallRegister.NONE, ticker, 42));
    }

    @Test
    void sameSettingsAreNoChange() {
        PickerFactory factory = factory("call-id");
        assertThat(factory.under(BalancingSettings.DEFAULT)).isSameAs(factory);
    }

    /** A tenth of a quarter of 4,000 is 100. */
    @ParameterizedTest
    @ValueSource(strings = {"round-robin", "least-requests", "least-calls"})
    void aSlowStartHoldsFromTheChangeOn(String policy) {
        List<Member> members = new ArrayList<>(Pools.equal(4));
        members.set(3, Pools.upSince(members.get(3), ticker.nanoTime()));
        PickerFactory factory = factory(policy);
        assertThat(Pools.picks(factory.build(members), 4, 4_000, 1)[3]).isGreaterThan(800);
        assertThat(Pools.picks(factory.under(SLOW).build(members), 4, 4_000, 1)[3])
                .isLessThan(200);
    }

    @Test
    void callsGoHomeAcrossAChangeOfSettings() {
        PickerFactory factory = factory("call-id");
        Picker before = factory.build(Pools.equal(3));
        Picker after = factory.under(SLOW).build(Pools.equal(5));
        for (long key = 0; key < 500; key++) {
            long hash = Mix.of(key);
            assertThat(Picker.index(after.repeat(hash))).isEqualTo(Picker.index(before.repeat(hash)));
        }
    }

    @Test
    void anotherPreferenceIsAnotherTier() {
        List<Member> members = List.of(Pools.inZone(1, 1, 0, "a"), Pools.inZone(2, 1, 0, "b"));
        PickerFactory factory = factory("round-robin");
        assertThat(Pools.picks(factory.build(members), 2, 10, 1)).containsExactly(5, 5);
        BalancingSettings near = new BalancingSettings(
                BoundedLoad.DEFAULT, new Preference("b", 0), Duration.ZERO, SLOW.maxReportAge(), SLOW.trialInterval());
        assertThat(Pools.picks(factory.under(near).build(members), 2, 10, 1)).containsExactly(0, 10);
    }

    @Test
    void roundRobinGoesOnWhereItWas() {
        List<Member> members = Pools.equal(3);
        PickerFactory factory = factory("round-robin");
        Picker before = factory.build(members);
        int first = Picker.index(before.pick(0));
        int second = Picker.index(factory.under(SLOW).build(members).pick(0));
        assertThat(second).isNotEqualTo(first);
    }

    @ParameterizedTest
    @ValueSource(strings = {"round-robin", "call-id", "least-calls", "least-requests"})
    void whatIsExplainedIsWhatACallGetsAndCountsNothing(String policy) {
        List<Member> members = new ArrayList<>(Pools.equal(4));
        members.set(0, Pools.limited(members.get(0), 3, 0));
        members.set(1, Pools.limited(members.get(1), 3, 0));
        Picker picker = factory(policy).build(members);
        for (long key = 0; key < 40; key++) {
            long hash = Mix.of(key);
            Explained told = picker.explainCall(hash);
            assertThat(picker.explainCall(hash)).isEqualTo(told);
            assertThat(told.columns()).contains("calls");
            assertThat(told.figures())
                    .hasSize(4)
                    .allSatisfy(row -> assertThat(row).hasSize(told.columns().size()));
            assertThat(Picker.index(told.choice())).isEqualTo(Picker.index(picker.pickCall(hash, key)));
        }
        assertThat(picker.explainCall(7).figures().get(0).get(0)).isEqualTo("3 of 3");
        assertThat(picker.explainCall(7).figures().get(2).get(0)).doesNotContain("of");
    }

    @Test
    void aFullOwnerIsExplainedToCallsOnly() {
        List<Member> members = new ArrayList<>(Pools.equal(3));
        members.replaceAll(member -> Pools.limited(member, 1, 0));
        Picker picker = factory("call-id").build(members);
        int home = Picker.index(picker.pickCall(5, 1));
        assertThat(Picker.index(picker.explain(5).choice())).isEqualTo(home);
        assertThat(picker.explain(5).why()).startsWith("owner");
        Explained call = picker.explainCall(5);
        assertThat(Picker.index(call.choice())).isNotIn(home, Picker.NONE);
        assertThat(call.why()).startsWith("passed on").contains("limit");
        assertThat(Picker.isDiverted(picker.pickCall(5, 2))).isFalse();
    }

    /** So a retransmission may stay, whatever counts it. */
    @Test
    void aChoiceAwayFromABoundIsDivertedWhereCallsAreCountedToo() {
        List<Member> members = new ArrayList<>(Pools.equal(3));
        members.replaceAll(member -> Pools.limited(member, 10_000, 0));
        Picker picker = factory("call-id").build(members);
        int home = Picker.index(picker.pickCall(5, 0));
        int choice = picker.pickCall(5, 1);
        for (int i = 2; Picker.index(choice) == home; i++) {
            choice = picker.pickCall(5, i);
        }
        assertThat(Picker.isDiverted(choice)).isTrue();
        assertThat(Picker.index(picker.stayCall(5, 1, choice))).isEqualTo(home);
    }
}
