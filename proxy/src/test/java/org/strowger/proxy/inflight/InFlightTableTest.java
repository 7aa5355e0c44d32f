package org.strowger.proxy.inflight;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The table, its lists and its memory. */
class InFlightTableTest {
    private final BytePool bytes = new BytePool(1 << 20);
    private final InFlightTable table = new InFlightTable(100, 10, 0x9E37_79B9_7F4A_7C15L, bytes);

    @Test
    void findsWhatAMapFinds() {
        Random random = new Random(1);
        Map<Long, InFlightRequest> expected = new HashMap<>();
        for (int i = 0; i < 200_000; i++) {
            long hash = random.nextInt(300);
            InFlightRequest known = expected.get(hash);
            assertThat(table.find(hash)).isSameAs(known);
            if (known != null) {
                table.remove(known);
                expected.remove(hash);
            } else if (!table.isFull()) {
                expected.put(hash, table.add(hash));
            }
            assertThat(table.size()).isEqualTo(expected.size());
        }
    }

    @Test
    void finishedOnesAreHandedOutOldestFirst() {
        InFlightRequest first = table.add(1);
        InFlightRequest second = table.add(2);
        table.waiting().add(first);
        table.finished().add(first);
        table.finished().add(second);
        assertThat(table.waiting().first()).isNull();
        assertThat(table.oldestFinished()).isSameAs(first);
        table.remove(first);
        assertThat(table.oldestFinished()).isSameAs(second);
    }

    @Test
    void memoryIsBoundedAndUsedAgain() {
        List<Integer> lent = new ArrayList<>();
        for (int block = bytes.take(700); block != BytePool.NONE; block = bytes.take(700)) {
            lent.add(block);
        }
        assertThat(lent).hasSize(896).doesNotHaveDuplicates();
        assertThat(bytes.lent()).isEqualTo(896 << 10);
        // Another size takes the place of idle ones, once a whole slab of them is idle.
        bytes.give(lent.remove(0));
        assertThat(bytes.take(60_000)).isEqualTo(BytePool.NONE);
        lent.forEach(bytes::give);
        assertThat(bytes.lent()).isZero();
        assertThat(bytes.take(60_000)).isNotEqualTo(BytePool.NONE);
        assertThat(bytes.lent()).isEqualTo(65_536);
        assertThat(bytes.take(2 << 20)).isEqualTo(BytePool.NONE);
    }

    /** An eighth is kept back, so that a larger block can be given back for a smaller one when all is lent. */
    @Test
    void aReserveTakesTheHeadsOfLargeOnes() {
        BytePool small = new BytePool(8 << 17);
        List<Integer> lent = new ArrayList<>();
        for (int block = small.take(8000); block != BytePool.NONE; block = small.take(8000)) {
            lent.add(block);
        }
        assertThat(lent).hasSize(7 * 16);
        int head = small.takeReserved(900);
        assertThat(head).isNotEqualTo(BytePool.NONE);
        small.give(lent.remove(0));
        assertThat(small.take(8000)).isNotEqualTo(BytePool.NONE);
        assertThat(small.take(8000)).isEqualTo(BytePool.NONE);
        assertThat(small.takeReserved(8000)).isEqualTo(BytePool.NONE);
    }

    @Test
    void theWheelIsNeitherEarlyNorLate() {
        Random random = new Random(2);
        TimerWheel wheel = new TimerWheel(0);
        Map<InFlightRequest, Long> deadlines = new HashMap<>();
        long now = 0;
        for (int step = 0; step < 50_000; step++) {
            now += random.nextInt(40) * 1_000_000L;
            long at = now;
            wheel.advance(at, (entry, nowNanos) -> {
                long deadline = deadlines.getOrDefault(entry, Long.MAX_VALUE);
                assertThat(at - deadline).isBetween(0L, 60_000_000L);
                deadlines.remove(entry);
                table.remove(entry);
            });
            if (!table.isFull() && random.nextInt(3) == 0) {
                arm(wheel, deadlines, table.add(step), now + random.nextInt(200_000) * 1_000_000L);
            }
            if (!deadlines.isEmpty() && random.nextInt(3) == 0) {
                InFlightRequest some = deadlines.keySet().iterator().next();
                arm(wheel, deadlines, some, now + random.nextInt(60_000) * 1_000_000L);
            }
            assertThat(wheel.size()).isEqualTo(deadlines.size());
        }
    }

    private static void arm(TimerWheel wheel, Map<InFlightRequest, Long> deadlines, InFlightRequest e, long at) {
        deadlines.put(e, at);
        wheel.arm(e, at);
    }
}
