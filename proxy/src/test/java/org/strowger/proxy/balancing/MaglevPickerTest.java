package org.strowger.proxy.balancing;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.Ticker;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.strowger.health.Eligibility;

/** Hashing without bounds: evenness, weights, agreement of nodes, and how little a change moves. */
class MaglevPickerTest {

    private static Picker picker(List<Member> members) {
        return new MaglevPicker.Factory(BoundedLoad.OFF, Ticker.newMockTicker()).build(members);
    }

    @Test
    void theSameKeyGetsTheSameBackendWhateverTheOrderOfTheList() {
        List<Member> members = Pools.weighted(1, 2, 3, 1, 5, 1, 1, 4);
        List<Member> shuffled = new ArrayList<>(members);
        Collections.shuffle(shuffled, new Random(7));
        Picker one = picker(members);
        Picker other = picker(shuffled);
        SplittableRandom keys = new SplittableRandom(3);
        for (int i = 0; i < 10_000; i++) {
            long key = keys.nextLong();
            int choice = one.pick(key);
            assertThat(Picker.mustRemember(choice)).isFalse();
            assertThat(one.repeat(key)).isEqualTo(choice);
            assertThat(members.get(choice)).isEqualTo(shuffled.get(other.pick(key)));
        }
    }

    /** Pins the hash of identities: another node, or this one after an upgrade, must agree. */
    @Test
    void choicesAreTheSameInEveryVersion() {
        Picker picker = picker(Pools.equal(5));
        StringBuilder choices = new StringBuilder();
        SplittableRandom keys = new SplittableRandom(1);
        for (int i = 0; i < 20; i++) {
            choices.append(picker.pick(keys.nextLong()));
        }
        assertThat(choices).hasToString("21214422013100414340");
    }

    /**
     * Slots differ by at most one round between equal members, so shares are even to within 1 %; on top comes the chance of
     * the keys: 200,000 keys over 20 members give 10,000 each with a standard deviation below 100, and 5 of those
     * are 5 %.
     */
    @Test
    void equalMembersGetEvenShares() {
        int[] counts = Pools.picks(picker(Pools.equal(20)), 20, 200_000, 5);
        for (int count : counts) {
            assertThat(count).isBetween(9_400, 10_600);
        }
    }

    @Test
    void weightsAreRespected() {
        int[] counts = Pools.picks(picker(Pools.weighted(1, 2, 3, 4, 0)), 5, 100_000, 6);
        assertThat(counts[4]).isZero();
        for (int i = 0; i < 4; i++) {
            // sqrt(100,000 x 0.4 x 0.6) is 155; five of those
            assertThat(counts[i]).isBetween(10_000 * (i + 1) - 800, 10_000 * (i + 1) + 800);
        }
    }

    /**
     * At least the keys of the lost backend move, 1/N = 5 %. Maglev moves some others: the paper's figure 12 shows about
     * 1 to 3 % of the slots for a table of 100 slots a backend or more.
     */
    @Test
    void losingOneOfTwentyMovesLittleElse() {
        List<Member> members = new ArrayList<>(Pools.equal(20));
        Picker before = picker(members);
        members.set(7, Pools.member(7, 1, 0, Eligibility.NONE));
        Picker after = picker(members);
        SplittableRandom keys = new SplittableRandom(8);
        int lost = 0;
        int movedElsewhere = 0;
        for (int i = 0; i < 100_000; i++) {
            long key = keys.nextLong();
            int old = before.pick(key);
            int now = after.pick(key);
            assertThat(now).isNotEqualTo(7);
            lost += old == 7 ? 1 : 0;
            movedElsewhere += old != 7 && old != now ? 1 : 0;
        }
        assertThat(lost).isBetween(4_650, 5_350);
        assertThat(movedElsewhere).isLessThan(3_000);
    }

    @Test
    void theTableIsPrimeAndGrowsInFewSteps() {
        assertThat(MaglevTable.size(0)).isEqualTo(65_537);
        assertThat(MaglevTable.size(655)).isEqualTo(65_537);
        assertThat(MaglevTable.size(656)).isEqualTo(262_147);
        assertThat(MaglevTable.size(2_622)).isEqualTo(1_048_583);
    }

    @Test
    void aThousandMembersAreEvenToo() {
        int[] counts = new int[1000];
        MaglevPicker picker = (MaglevPicker) picker(Pools.equal(1000));
        assertThat(picker.tableSize()).isEqualTo(262_147);
        for (int slot = 0; slot < picker.tableSize(); slot++) {
            counts[picker.pick((((long) slot << 32) / picker.tableSize() + 1) << 32)]++;
        }
        for (int count : counts) {
            assertThat(count).isBetween(261, 264);
        }
    }

    @Test
    void tiersAndEmptyPools() {
        List<Member> members = List.of(
                Pools.member(0, 1, 0, Eligibility.ESTABLISHED_ONLY),
                Pools.member(1, 1, 3, Eligibility.NEW_AND_ESTABLISHED),
                Pools.member(2, 1, 1, Eligibility.NEW_AND_ESTABLISHED));
        assertThat(Pools.picks(picker(members), 3, 100, 1)).containsExactly(0, 0, 100);
        assertThat(picker(List.of()).pick(1)).isEqualTo(Picker.NONE);
        assertThat(picker(List.of()).repeat(1)).isEqualTo(Picker.NONE);
    }
}
