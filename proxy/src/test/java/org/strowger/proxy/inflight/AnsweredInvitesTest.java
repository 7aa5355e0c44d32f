package org.strowger.proxy.inflight;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is remembered of answered INVITEs: against a queue that remembers the same. */
class AnsweredInvitesTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long SECRET = 0x9E37_79B9_7F4A_7C15L;

    private record Expected(long transaction, long callId, long backend, int attempt, long untilNanos) {}

    @Test
    void findsTheNewestOfWhatAQueueHolds() {
        Random random = new Random(1);
        int most = 20_000;
        AnsweredInvites answered = new AnsweredInvites(most, 0, SECRET, 32 * SECOND);
        ArrayDeque<Expected> queue = new ArrayDeque<>();
        long now = Long.MAX_VALUE - 50 * SECOND; // the clock may pass its end
        int early = 0;
        for (int i = 0; i < 200_000; i++) {
            // From 300 to 3,000 a second: the bound is met, and left again.
            now += random.nextInt(i / 50_000 % 2 == 0 ? 7_000_000 : 700_000);
            long transaction = random.nextInt(5_000);
            Expected added = new Expected(
                    transaction, random.nextInt(3), random.nextLong() >>> 16, random.nextInt(8), now + 32 * SECOND);
            early += add(answered, added, now) ? 0 : 1;
            queue.addFirst(added);
            while (queue.size() > most) {
                queue.removeLast();
            }
            if (i % 20 == 0) {
                check(answered, queue, random.nextInt(5_000), random.nextInt(3), now);
            }
        }
        assertThat(early).isBetween(1, 199_999);
    }

    private static boolean add(AnsweredInvites answered, Expected added, long now) {
        return answered.add(added.transaction, added.callId, added.backend, added.attempt, now);
    }

    private static void check(
            AnsweredInvites answered, ArrayDeque<Expected> queue, long transaction, long callId, long now) {
        int position = answered.find(transaction, callId, now);
        Optional<Expected> newest = queue.stream()
                .filter(one -> one.transaction == transaction && one.callId == callId)
                .findFirst();
        if (position == AnsweredInvites.NONE) {
            // Times are rounded to 17 ms.
            assertThat(newest.map(one -> one.untilNanos - now).orElse(0L)).isLessThan(20_000_000);
            return;
        }
        Expected expected = newest.orElseThrow();
        assertThat(expected.untilNanos - now).isPositive();
        assertThat(answered.mayHold(transaction)).isTrue();
        assertThat(answered.backend(position)).isEqualTo(expected.backend);
        assertThat(answered.attempt(position)).isEqualTo(expected.attempt);
    }

    @Test
    void forgetsAfterItsTime() {
        AnsweredInvites answered = new AnsweredInvites(10, 0, SECRET, 32 * SECOND);
        answered.add(1, 2, 3, 4, 0);
        assertThat(answered.find(1, 2, 31 * SECOND)).isNotEqualTo(AnsweredInvites.NONE);
        assertThat(answered.find(1, 3, 31 * SECOND)).isEqualTo(AnsweredInvites.NONE);
        assertThat(answered.find(1, 2, 33 * SECOND)).isEqualTo(AnsweredInvites.NONE);
        answered.add(5, 6, 7, 0, 33 * SECOND);
        assertThat(answered.size()).isEqualTo(1);
    }

    /** Entries, their bytes and what is left of them, at 20,000 calls a second: once warm, nothing is allocated. */
    @Test
    void allocatesNothingOnceWarm() {
        BytePool bytes = new BytePool(16 << 20);
        InFlightTable table = new InFlightTable(1 << 12, 0, SECRET, bytes);
        AnsweredInvites answered = new AnsweredInvites(1 << 16, 0, SECRET, SECOND);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        @Nullable InFlightRequest[] entries = new @Nullable InFlightRequest[1 << 12];
        long now = calls(table, answered, entries, 0, 200_000);
        long before = threads.getThreadAllocatedBytes(thread);
        calls(table, answered, entries, now, 200_000);
        // The bean's own answer is an object.
        assertThat(threads.getThreadAllocatedBytes(thread) - before).isLessThan(10_000);
        assertThat(bytes.lent()).isEqualTo((long) table.size() << 10);
    }

    private static long calls(
            InFlightTable table, AnsweredInvites answered, @Nullable InFlightRequest[] entries, long start, int count) {
        long now = start;
        for (int i = 0; i < count; i++) {
            now += SECOND / 20_000;
            int slot = (int) ((now * SECRET) >>> 52);
            InFlightRequest entry = entries[slot];
            if (entry != null) {
                answered.add(entry.transactionHash(), entry.callIdHash(), 7, 0, now);
                table.remove(entry);
            }
            int block = table.bytes().take(700);
            InFlightRequest added = table.add(now);
            added.put(table.bytes(), block);
            entries[slot] = added;
        }
        return now;
    }
}
