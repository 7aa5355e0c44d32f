package org.strowger.proxy.balancing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Tiers, zones and spill-over as weights. */
class SharesTest {
    private static final Preference NEAR = new Preference("a", 0);

    /** The share of the members with these indices. */
    private static double share(Shares shares, int... indices) {
        double all = 0;
        double some = 0;
        for (int i = 0; i < shares.members().length; i++) {
            all += shares.weights()[i];
            for (int index : indices) {
                some += shares.members()[i] == index ? shares.weights()[i] : 0;
            }
        }
        return some / all;
    }

    @Test
    void theBestTierThatHasSomebodyTakesEverything() {
        Member best = Pools.inZone(0, 1, 0, "");
        Member second = Pools.inZone(1, 3, 1, "");
        Member third = Pools.inZone(2, 1, 2, "");
        assertThat(Shares.of(List.of(third, best, second), Preference.NONE).members())
                .containsExactly(1);
        Shares failed = Shares.of(List.of(third, Pools.down(best), second), Preference.NONE);
        assertThat(failed.members()).containsExactly(2);
        assertThat(failed.weights()).containsExactly(3);
        assertThat(failed.reserve()).containsExactly(0);
    }

    @Test
    void theOwnZoneComesFirstWithinATier() {
        List<Member> members =
                List.of(Pools.inZone(0, 1, 0, "b"), Pools.inZone(1, 2, 0, "a"), Pools.inZone(2, 1, 1, "a"));
        assertThat(Shares.of(members, NEAR).members()).containsExactly(1);
        assertThat(Shares.of(members, NEAR).reserve()).containsExactly(0, 2);
        assertThat(Shares.of(members, Preference.NONE).members()).containsExactly(0, 1);
        assertThat(Shares.of(List.of(members.get(0), Pools.down(members.get(1)), members.get(2)), NEAR)
                        .members())
                .containsExactly(0);
    }

    /** Two of four near ones are down: at 80 % needed, the rest is 50/80 of what is needed. */
    @Test
    void aZoneGivesUpWhatItLacks() {
        List<Member> members = List.of(
                Pools.inZone(0, 1, 0, "a"),
                Pools.inZone(1, 1, 0, "a"),
                Pools.down(Pools.inZone(2, 1, 0, "a")),
                Pools.down(Pools.inZone(3, 1, 0, "a")),
                Pools.inZone(4, 7, 0, "b"));
        Shares shares = Shares.of(members, new Preference("a", 0.8));
        assertThat(share(shares, 0, 1)).isCloseTo(0.625, within(1e-3));
        assertThat(share(shares, 4)).isCloseTo(0.375, within(1e-3));
        assertThat(Shares.of(members, NEAR).members()).containsExactly(0, 1);
    }

    /** 20 % of the first tier and 30 % of the second are left: they keep 2 to 3. */
    @Test
    void whereNobodyHasEnoughAllIsGivenOutInProportion() {
        List<Member> members = List.of(
                Pools.inZone(0, 20, 0, ""),
                Pools.down(Pools.inZone(1, 80, 0, "")),
                Pools.inZone(2, 3, 1, ""),
                Pools.down(Pools.inZone(3, 7, 1, "")));
        Shares shares = Shares.of(members, new Preference("", 1));
        assertThat(share(shares, 0)).isCloseTo(0.4, within(1e-3));
    }

    @Test
    void weightsStayAsTheyAreWhereOneTierHasEverything() {
        Shares shares = Shares.of(Pools.weighted(3, 0, 10_000), new Preference("", 0.7));
        assertThat(shares.members()).containsExactly(0, 2);
        assertThat(shares.weights()).containsExactly(3, 10_000);
    }

    @Test
    void aShareAboveOneIsRefused() {
        assertThatThrownBy(() -> new Preference("", 1.1)).hasMessage("spillOver: 1.1 (expected: 0..1)");
    }
}
