package org.strowger.proxy.balancing;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What round robin chose is found again, for a while. */
class AffinityTest {
    private final MockTicker ticker = Ticker.newMockTicker();
    private final Affinity affinity = new Affinity(100, Duration.ofMinutes(5), ticker);

    @Test
    void whatWasPutIsFound() {
        assertThat(affinity.isEmpty()).isTrue();
        assertThat(affinity.get(1)).isZero();
        affinity.put(1, 0xFFFF_FFFF_FFFFL);
        assertThat(affinity.isEmpty()).isFalse();
        assertThat(affinity.get(1)).isEqualTo(0xFFFF_FFFF_FFFFL);
        affinity.put(1, 7);
        assertThat(affinity.get(1)).isEqualTo(7);
        assertThat(affinity.hits()).isEqualTo(2);
        assertThat(affinity.misses()).isEqualTo(1);
    }

    @Test
    void useKeepsAnEntryAndTimeEndsIt() {
        affinity.put(1, 7);
        affinity.put(2, 8);
        ticker.advance(4, TimeUnit.MINUTES);
        assertThat(affinity.get(1)).isEqualTo(7);
        ticker.advance(2, TimeUnit.MINUTES);
        assertThat(affinity.get(1)).isEqualTo(7);
        assertThat(affinity.get(2)).isZero();
        affinity.cleanUp();
        assertThat(affinity.expirations()).isEqualTo(1);
        assertThat(affinity.evictions()).isZero();
    }

    @Test
    void aLookForPeopleLeavesNoTrace() {
        affinity.put(1, 7);
        ticker.advance(4, TimeUnit.MINUTES);
        assertThat(affinity.peek(1)).isEqualTo(7);
        assertThat(affinity.copyOf(1).get(1)).isEqualTo(7);
        assertThat(affinity.copyOf(2).isEmpty()).isTrue();
        ticker.advance(2, TimeUnit.MINUTES);
        assertThat(affinity.peek(1)).isZero();
        assertThat(affinity.hits()).isZero();
        assertThat(affinity.misses()).isZero();
    }

    @Test
    void theNumberOfEntriesIsBounded() {
        for (int i = 0; i < 1000; i++) {
            affinity.put(i, 7);
        }
        affinity.cleanUp();
        assertThat(affinity.size()).isEqualTo(100);
        assertThat(affinity.evictions()).isEqualTo(900);
    }
}
