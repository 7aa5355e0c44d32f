package org.strowger.e2e;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Keeps what arrives until a test takes it. */
final class Mailbox implements Wire.Taker {
    private static final int PATIENCE_SECONDS = 20;

    private final BlockingQueue<Letter> arrived = new LinkedBlockingQueue<>();

    /** A message and the way that it came. */
    record Letter(Wire wire, WireMessage message) {}

    @Override
    public void take(Wire wire, WireMessage message) {
        arrived.add(new Letter(wire, message));
    }

    @Override
    public void ended(Wire wire) {}

    /** The next message whose first line begins so; others before it are dropped. */
    Letter receive(String begin) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        try {
            while (true) {
                Letter next = arrived.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (next == null) {
                    throw new AssertionError(
                            "nothing came within " + PATIENCE_SECONDS + " s (expected: " + begin + ")");
                }
                if (next.message().startLine().startsWith(begin)) {
                    return next;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
