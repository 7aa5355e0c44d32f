package org.strowger.proxy.inflight;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is remembered of INVITEs that clients have not answered: against a map that remembers the same. */
class WaitingInvitesTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int MOST = 60;
    private static final int MOST_OF_A_FLOW = 8;

    private record Key(long flow, long branch) {}

    /** What the model holds of one; who was heard of last is last in the map. */
    private record Kept(int number, String text, long untilNanos) {}

    private final Map<Key, Kept> model = new LinkedHashMap<>();
    private long now = Long.MAX_VALUE - 100 * SECOND; // the clock may pass its end
    private int number;

    private static WaitingInvites waiting(int most, int mostOfAFlow, long maxBytes) {
        return new WaitingInvites(new WaitingInvites.Bounds(most, mostOfAFlow, maxBytes, 10 * SECOND));
    }

    private static WaitingInvites.Outcome add(WaitingInvites waiting, long flow, long branch, String text, long now) {
        byte[] bytes = ("..." + text + "..").getBytes(ISO_8859_1);
        return waiting.add(flow, branch, bytes, 3, bytes.length - 2, now);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, ISO_8859_1);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void keepsWhatAMapKeeps(long seed) {
        Random random = new Random(seed);
        WaitingInvites waiting = waiting(MOST, MOST_OF_A_FLOW, 64 << 20);
        boolean[] seen = new boolean[WaitingInvites.Outcome.values().length];
        for (int i = 0; i < 20_000; i++) {
            now += random.nextInt(random.nextInt(500) == 0 ? (int) SECOND : 100_000_000);
            Key key = new Key(1 + random.nextInt(12), random.nextInt(20));
            expire(waiting, random.nextInt(4));
            switch (random.nextInt(i / 500 % 2 == 0 ? 6 : 20)) {
                case 0 -> {
                    waiting.answered(key.flow, key.branch);
                    model.remove(key);
                }
                case 1 -> hear(waiting, key);
                case 2 -> takeSome(waiting, key.flow, random.nextInt(10));
                default -> {
                    String text = "x".repeat(random.nextInt(3000)) + number;
                    WaitingInvites.Outcome outcome = add(waiting, key.flow, key.branch, text, now);
                    assertThat(outcome).isEqualTo(expectedOf(key));
                    seen[outcome.ordinal()] = true;
                    if (outcome == WaitingInvites.Outcome.KEPT) {
                        model.put(key, new Kept(number++, text, now + 10 * SECOND));
                    }
                }
            }
            assertThat(waiting.size()).isEqualTo(model.size());
            assertThat(waiting.isEmpty()).isEqualTo(model.isEmpty());
        }
        assertThat(seen).containsOnly(true);
        for (long flow = 1; flow <= 12; flow++) {
            takeSome(waiting, flow, Integer.MAX_VALUE);
        }
        assertThat(waiting.isEmpty()).isTrue();
        assertThat(waiting.lentBytes()).isZero();
    }

    private WaitingInvites.Outcome expectedOf(Key key) {
        if (model.containsKey(key)) {
            return WaitingInvites.Outcome.KNOWN;
        }
        return model.size() < MOST && ofFlow(key.flow).size() < MOST_OF_A_FLOW
                ? WaitingInvites.Outcome.KEPT
                : WaitingInvites.Outcome.FULL;
    }

    private void expire(WaitingInvites waiting, int most) {
        List<Key> overdue = model.entrySet().stream()
                .filter(one -> one.getValue().untilNanos - now <= 0)
                .limit(most)
                .map(Map.Entry::getKey)
                .toList();
        assertThat(waiting.expire(most, now)).isEqualTo(overdue.size());
        overdue.forEach(model::remove);
    }

    private void hear(WaitingInvites waiting, Key key) {
        waiting.heard(key.flow, key.branch, now);
        Kept kept = model.remove(key);
        if (kept != null) {
            model.put(key, new Kept(kept.number, kept.text, now + 10 * SECOND));
        }
    }

    private void takeSome(WaitingInvites waiting, long flow, int most) {
        List<Kept> expected = ofFlow(flow);
        for (int i = 0; i < most; i++) {
            byte[] taken = waiting.take(flow);
            if (taken == null) {
                assertThat(expected).hasSize(i);
                return;
            }
            Kept first = expected.get(i);
            assertThat(text(taken)).isEqualTo(first.text);
            model.values().remove(first);
        }
    }

    /** Oldest first, whenever they were heard of. */
    private List<Kept> ofFlow(long flow) {
        List<Kept> found = new ArrayList<>();
        model.forEach((key, kept) -> {
            if (key.flow == flow) {
                found.add(kept);
            }
        });
        found.sort(Comparator.comparingInt(Kept::number));
        return found;
    }

    @Test
    void aFullMemoryKeepsNothingMoreUntilSomethingIsAnswered() {
        // Of two slabs, an eighth is not for this.
        WaitingInvites waiting = waiting(10_000, 10_000, 2 << 17);
        int kept = 0;
        while (add(waiting, 1, kept, "a".repeat(1000), now) == WaitingInvites.Outcome.KEPT) {
            kept++;
        }
        assertThat(kept).isGreaterThanOrEqualTo(128);
        waiting.answered(1, 5);
        assertThat(add(waiting, 1, 5, "again", now)).isEqualTo(WaitingInvites.Outcome.FULL);
        assertThat(add(waiting, 1, 5, "b".repeat(1000), now)).isEqualTo(WaitingInvites.Outcome.KEPT);
    }

    @Test
    void refusesBoundsThatCannotBeMet() {
        assertThatThrownBy(() -> waiting(5, 6, 0)).hasMessageContaining("mostOfAFlow: 6 (expected:");
    }

    /** INVITEs that ring and are answered, on connections that have nothing else: once warm, nothing is allocated. */
    @Test
    void allocatesNothingOnceWarm() {
        WaitingInvites waiting = waiting(1 << 14, 1 << 10, 16 << 20);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        byte[] invite = new byte[900];
        calls(waiting, invite, 0, 200_000);
        long before = threads.getThreadAllocatedBytes(thread);
        calls(waiting, invite, 200_000, 200_000);
        // The bean's own answer is an object.
        assertThat(threads.getThreadAllocatedBytes(thread) - before).isLessThan(10_000);
        assertThat(waiting.size()).isEqualTo(4000);
    }

    /** The 4,000 youngest ring. */
    private static void calls(WaitingInvites waiting, byte[] invite, int from, int count) {
        for (int i = from; i < from + count; i++) {
            long at = i * 1000L;
            waiting.expire(16, at);
            waiting.add(i % 3000 + 1, i, invite, 0, invite.length, at);
            waiting.heard((i - 5) % 3000 + 1, i - 5, at);
            waiting.answered((i - 4000) % 3000 + 1, i - 4000);
        }
    }
}
