package org.strowger.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What an id says, and that none is given twice. */
final class FlowIdsTest {
    private static final long NOW = 1_795_000_000_000L;

    @Test
    void anIdNamesItsLoopAndCountsOn() {
        FlowEra era = FlowEra.at(NOW, 255);
        FlowIds ids = new FlowIds(era, 255);
        long first = ids.next();
        assertThat(FlowIds.loop(first)).isEqualTo(255);
        assertThat(era.mayHave(first)).isTrue();
        assertThat(ids.next()).isEqualTo(first + 1);
    }

    @Test
    void noIdIsZero() {
        assertThat(new FlowIds(FlowEra.at(0, 0), 0).next()).isNotZero();
        assertThat(new FlowIds(new FlowEra(0, 1), 0).next()).isEqualTo(1);
    }

    @Test
    void noLifeOfAProcessGivesAnIdOfAnEarlierOne() {
        Random random = new Random(5626);
        Set<Long> given = new HashSet<>();
        long now = NOW;
        for (int life = 0; life < 200; life++) {
            int salt = random.nextInt(2);
            FlowEra era = FlowEra.at(now, salt);
            FlowIds ids = new FlowIds(era, 0);
            int lasts = 1 + random.nextInt(20);
            for (int i = 0; i < 256 * lasts; i++) {
                assertThat(given.add(ids.next())).isTrue();
            }
            now += lasts;
            FlowEra next = FlowEra.at(now, salt);
            assertThat(given).noneMatch(next::mayHave);
        }
    }

    @Test
    void anotherNodeThatStartsWithinTheSameMillisecondHasOtherIds() {
        long id = new FlowIds(FlowEra.at(NOW, 1), 0).next();
        assertThat(FlowEra.at(NOW, 2).mayHave(id)).isFalse();
    }

    @Test
    void whatDoesNotFitIsRejected() {
        assertThatThrownBy(() -> new FlowEra(256, 1)).hasMessage("salt: 256 (expected: 0..255)");
        assertThatThrownBy(() -> new FlowEra(0, 0)).hasMessage("first: 0 (expected: 1..281474976710655)");
        assertThatThrownBy(() -> new FlowIds(new FlowEra(0, 1), 256)).hasMessage("loop: 256 (expected: 0..255)");
    }

    @Test
    void anUnknownIdFindsTheFlowThatIsGone() {
        Flow gone = new FlowTable().get(new FlowIds(FlowEra.at(NOW, 1), 1).next());
        assertThat(gone.isOpen()).isFalse();
        assertThat(gone.id()).isZero();
    }
}
