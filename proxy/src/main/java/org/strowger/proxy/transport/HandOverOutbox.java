package org.strowger.proxy.transport;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.strowger.sip.IpPort;
import org.strowger.threading.RunsOn;

/**
 * What one loop gathers for one other loop. The sender fills a batch and hands it off; the receiver brings the empty
 * batch back through a stack of which the sender always takes the whole, so that nothing is allocated in steady state.
 */
@RunsOn(RunsOn.Runner.ANY)
final class HandOverOutbox {
    private final HandOver receiver;
    private final int maxBytes;
    private final AtomicInteger bytesOnTheWay = new AtomicInteger();
    private final AtomicReference<@Nullable HandOverBatch> returned = new AtomicReference<>();

    /** Used by the sender only. */
    private @Nullable HandOverBatch filling;

    /** Used by the sender only. */
    private @Nullable HandOverBatch spare;

    HandOverOutbox(HandOver receiver, int maxBytes) {
        this.receiver = receiver;
        this.maxBytes = maxBytes;
    }

    /** Copies one message into the present batch; false when too much is on the way already. */
    boolean add(HandOver.Kind kind, long key, IpPort address, byte[] bytes, int offset, int length) {
        if (length > maxBytes - bytesOnTheWay.get()) {
            return false;
        }
        bytesOnTheWay.addAndGet(length);
        HandOverBatch batch = filling;
        if (batch == null) {
            batch = nextBatch();
            filling = batch;
        }
        batch.add(kind, key, address, bytes, offset, length);
        return true;
    }

    void flush() {
        HandOverBatch batch = filling;
        if (batch != null) {
            filling = null;
            receiver.execute(batch);
        }
    }

    /** Called by the receiver when the batch has been delivered. */
    void giveBack(HandOverBatch batch, int deliveredBytes) {
        bytesOnTheWay.addAndGet(-deliveredBytes);
        if (batch.isWorthKeeping()) {
            HandOverBatch top;
            do {
                top = returned.get();
                batch.next = top;
            } while (!returned.compareAndSet(top, batch));
        }
    }

    HandOver receiver() {
        return receiver;
    }

    private HandOverBatch nextBatch() {
        if (spare == null) {
            spare = returned.getAndSet(null);
        }
        HandOverBatch batch = spare;
        if (batch == null) {
            return new HandOverBatch(this);
        }
        spare = batch.next;
        batch.next = null;
        return batch;
    }
}
