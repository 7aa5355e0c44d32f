package org.strowger.proxy.balancing;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.strowger.health.Eligibility;

/** The phases after one change of members, and what is left of several. */
class TransitionPickerTest {
    private static final Eligibility NEW = Eligibility.NEW_AND_ESTABLISHED;

    private final MockTicker ticker = Ticker.newMockTicker();
    private final PickerFactory factory = new TransitionPicker.Factory(BoundedLoad.OFF, ticker);

    private static Picker fresh(List<Member> members) {
        return new MaglevPicker.Factory(BoundedLoad.OFF, Ticker.newMockTicker()).build(members);
    }

    private static Member member(int number, Eligibility eligibility) {
        return Pools.member(number, 1, 0, eligibility);
    }

    /** A key that {@code before} and {@code after} give to these members. */
    private static long key(List<Member> before, int home, List<Member> after, int owner) {
        Picker first = fresh(before);
        Picker second = fresh(after);
        SplittableRandom keys = new SplittableRandom(11);
        while (true) {
            long key = keys.nextLong();
            if (first.repeat(key) == home && second.repeat(key) == owner) {
                return key;
            }
        }
    }

    private static int remembered(int index) {
        return index | Picker.REMEMBER;
    }

    @Test
    void keysGoHomeThenToTheirOwnerThenAreForgotten() {
        List<Member> before = Pools.equal(4);
        List<Member> after = Pools.equal(5);
        long key = key(before, 2, after, 4);
        factory.build(before);
        Picker picker = factory.build(after);

        assertThat(picker.pick(key)).isEqualTo(remembered(2));
        assertThat(picker.repeat(key)).isEqualTo(2);
        ticker.advance(31_999, TimeUnit.MILLISECONDS);
        assertThat(picker.pick(key)).isEqualTo(remembered(2));

        ticker.advance(1, TimeUnit.MILLISECONDS);
        assertThat(picker.pick(key)).isEqualTo(remembered(4));
        assertThat(picker.repeat(key)).isEqualTo(2);
        ticker.advance(299, TimeUnit.SECONDS);
        assertThat(picker.pick(key)).isEqualTo(remembered(4));
        assertThat(picker.repeat(key)).isEqualTo(2);

        ticker.advance(6, TimeUnit.SECONDS);
        assertThat(picker.repeat(key)).isEqualTo(4);
        assertThat(picker.pick(key)).isEqualTo(4);
    }

    @Test
    void keysThatDoNotMoveAreNotRemembered() {
        List<Member> before = Pools.equal(4);
        List<Member> after = Pools.equal(5);
        long key = key(before, 2, after, 2);
        factory.build(before);
        Picker picker = factory.build(after);
        assertThat(picker.pick(key)).isEqualTo(2);
        assertThat(picker.repeat(key)).isEqualTo(2);
    }

    @Test
    void aDrainingHomeKeepsItsCancelsAndGetsNoNewCalls() {
        List<Member> before = Pools.equal(4);
        List<Member> after = new ArrayList<>(before);
        after.set(2, member(2, Eligibility.ESTABLISHED_ONLY));
        long key = key(before, 2, after, 3);
        factory.build(before);
        Picker picker = factory.build(after);
        assertThat(picker.pick(key)).isEqualTo(remembered(3));
        assertThat(picker.repeat(key)).isEqualTo(2);
    }

    @Test
    void whatWasAtAHomeThatIsGoneFollowsTheOwner() {
        List<Member> before = Pools.equal(4);
        List<Member> after = List.of(before.get(3), before.get(0), before.get(1));
        long key = key(before, 2, after, 0);
        factory.build(before);
        Picker picker = factory.build(after);
        assertThat(picker.pick(key)).isEqualTo(0);
        assertThat(picker.repeat(key)).isEqualTo(0);
    }

    @Test
    void homesAreFoundInAListOfAnotherOrder() {
        List<Member> before = Pools.equal(3);
        List<Member> after = List.of(member(7, NEW), before.get(2), before.get(0), before.get(1));
        long key = key(before, 2, after, 0);
        factory.build(before);
        Picker picker = factory.build(after);
        assertThat(picker.pick(key)).isEqualTo(remembered(1));
        assertThat(picker.repeat(key)).isEqualTo(1);
    }

    /** A backup of a lower tier stays the home of the calls it took, and so takes new ones for a moment more. */
    @Test
    void aHomeOutsideOfTheTierStaysHome() {
        Member backup = Pools.member(9, 1, 5, NEW);
        factory.build(List.of(member(0, Eligibility.NONE), backup));
        Picker picker = factory.build(List.of(member(0, NEW), backup));
        assertThat(picker.pick(77)).isEqualTo(remembered(1));
        ticker.advance(32, TimeUnit.SECONDS);
        assertThat(picker.pick(77)).isEqualTo(remembered(0));
        assertThat(picker.repeat(77)).isEqualTo(1);
    }

    @Test
    void noMemberForNewCallsLeavesHomesForTheOthers() {
        factory.build(List.of(member(0, NEW)));
        Picker drained = factory.build(List.of(member(0, Eligibility.ESTABLISHED_ONLY)));
        assertThat(drained.pick(5)).isEqualTo(Picker.NONE);
        assertThat(drained.repeat(5)).isZero();
        assertThat(factory.build(List.of()).repeat(5)).isEqualTo(Picker.NONE);
        assertThat(factory.build(List.of(member(3, NEW))).pick(5)).isZero();
    }

    /** A change that comes before the last one is over does not begin its keys anew: they would never move. */
    @Test
    void furtherChangesDoNotProlongTheStayOfAKey() {
        List<Member> before = Pools.equal(4);
        List<Member> after = new ArrayList<>(Pools.equal(5));
        long key = key(before, 2, after, 4);
        factory.build(before);
        Picker picker = factory.build(after);
        for (int i = 0; i < 4; i++) {
            assertThat(picker.pick(key)).isEqualTo(remembered(2));
            ticker.advance(8, TimeUnit.SECONDS);
            after.add(Pools.member(20 + i, 0, 0, NEW));
            picker = factory.build(after);
        }
        assertThat(picker.pick(key)).isEqualTo(remembered(4));
        assertThat(picker.repeat(key)).isEqualTo(2);
    }

    @Test
    void aChangeTakenBackNeedsNoMemory() {
        List<Member> before = Pools.equal(4);
        factory.build(before);
        factory.build(Pools.equal(5));
        ticker.advance(10, TimeUnit.SECONDS);
        assertThat(factory.build(before)).isInstanceOf(MaglevPicker.class);
    }

    @Test
    void theSameMembersAgainAreNoChange() {
        assertThat(factory.build(Pools.equal(4))).isInstanceOf(MaglevPicker.class);
        assertThat(factory.build(Pools.equal(4))).isInstanceOf(MaglevPicker.class);
    }

    @Test
    void aChangeAfterTheEndBeginsAtTheOwners() {
        List<Member> before = Pools.equal(4);
        List<Member> then = Pools.equal(5);
        List<Member> now = new ArrayList<>(then);
        now.set(4, member(4, Eligibility.ESTABLISHED_ONLY));
        long key = key(before, 2, then, 4);
        factory.build(before);
        factory.build(then);
        ticker.advance(332, TimeUnit.SECONDS);
        assertThat(factory.build(now).repeat(key)).isEqualTo(4);
    }

    /** The bound holds in a transition too: one key with all calls would else stay on one backend for 32 s. */
    @Test
    void aHotKeyIsPassedOnFromItsHome() {
        PickerFactory bounded = new TransitionPicker.Factory(BoundedLoad.DEFAULT, ticker);
        bounded.build(Pools.equal(4));
        Picker picker = bounded.build(Pools.equal(5));
        long key = key(Pools.equal(4), 2, Pools.equal(5), 4);
        int[] counts = new int[5];
        for (int i = 0; i < 10_000; i++) {
            int choice = picker.pick(key);
            assertThat(Picker.mustRemember(choice)).isTrue();
            counts[Picker.index(choice)]++;
        }
        // 1.25 x 2,000, and what comes before the share is judged: 72 x 5 picks
        assertThat(counts[2]).isBetween(2_400, 2_900);
    }
}
