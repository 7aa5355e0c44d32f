package org.strowger.e2e;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** How the calls of an {@link Agent} went. */
final class Tally {
    private static final int REASONS_KEPT = 10;
    private static final long LATE_NANOS = Duration.ofMillis(200).toNanos();
    private static final long VERY_LATE_NANOS = Duration.ofSeconds(1).toNanos();

    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger completed = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private final AtomicInteger late = new AtomicInteger();
    private final AtomicInteger veryLate = new AtomicInteger();
    private final AtomicInteger repeated = new AtomicInteger();
    private final AtomicInteger messages = new AtomicInteger();
    private final Queue<String> reasons = new ConcurrentLinkedQueue<>();

    void begun() {
        begun.incrementAndGet();
    }

    void completed() {
        completed.incrementAndGet();
    }

    void failed(String reason) {
        if (failed.incrementAndGet() <= REASONS_KEPT) {
            reasons.add(reason);
        }
    }

    /** The time from a request to its final response, without what the other side waits on purpose. */
    void answered(long nanos) {
        if (nanos > LATE_NANOS) {
            late.incrementAndGet();
        }
        if (nanos > VERY_LATE_NANOS) {
            veryLate.incrementAndGet();
        }
    }

    /** Something came, or was sent, a second time. */
    void repeated() {
        repeated.incrementAndGet();
    }

    void message() {
        messages.incrementAndGet();
    }

    int begunCount() {
        return begun.get();
    }

    int completedCount() {
        return completed.get();
    }

    int failedCount() {
        return failed.get();
    }

    int messageCount() {
        return messages.get();
    }

    /** What went wrong first. */
    String reasons() {
        return String.join("\n", reasons);
    }

    @Override
    public String toString() {
        return "%d of %d failed, %d completed; answered after more than 200 ms %d, 1 s %d; repeated %d"
                .formatted(failed.get(), begun.get(), completed.get(), late.get(), veryLate.get(), repeated.get());
    }
}
