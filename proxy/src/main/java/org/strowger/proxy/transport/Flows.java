package org.strowger.proxy.transport;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.strowger.threading.RunsOn;

/**
 * The stream flows of one event loop: names them, finds them by id, flushes them together, closes the idle ones.
 *
 * <p>One turn of a loop reads from many sockets and then runs its tasks. What the flows queue during a turn is written
 * by one such task, so a flow to a backend costs one system call a turn, however many clients fed it.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class Flows {
    /** Read at most at once; shared by all flows of the loop, since a framer keeps only what is not whole yet. */
    private static final int READ_BYTES = 64 * 1024;

    private static final long SWEEP_MILLIS = 1000;

    private final EventLoop loop;
    private final FlowIds ids;
    private final StreamHandler handler;
    private final StreamCounters counters;
    private final Ticker ticker;
    private final FlowTable table = new FlowTable();
    private final List<StreamFlow> dirty = new ArrayList<>();
    private final byte[] readBytes = new byte[READ_BYTES];
    private boolean turnEndScheduled;
    private boolean readSomething;
    private @Nullable Future<?> sweep;

    /** May be called from any thread, before the first flow is opened. */
    public Flows(EventLoop loop, FlowIds ids, StreamHandler handler, StreamCounters counters, Ticker ticker) {
        this.loop = loop;
        this.ids = ids;
        this.handler = handler;
        this.counters = counters;
        this.ticker = ticker;
    }

    public EventLoop loop() {
        return loop;
    }

    public FlowTable table() {
        return table;
    }

    /** Writes what all flows have queued. Happens by itself at the end of each turn. */
    public void flush() {
        assert inEventLoop() : "called off the event loop";
        for (int i = 0; i < dirty.size(); i++) {
            dirty.get(i).flush();
        }
        dirty.clear();
    }

    /** Ends every flow; their last words are offered to the kernel. */
    public void closeAll(CloseReason reason) {
        assert inEventLoop() : "called off the event loop";
        for (StreamFlow flow : table.all()) {
            flow.close(reason);
        }
    }

    /** Ends every flow that came in by that listener. */
    public void closeAllOf(int listener, CloseReason reason) {
        assert inEventLoop() : "called off the event loop";
        for (StreamFlow flow : table.all()) {
            if (flow.listener() == listener) {
                flow.close(reason);
            }
        }
    }

    /** Ends every flow that came in by that listener, one after the other over that time. */
    public void drain(int listener, long overNanos) {
        assert inEventLoop() : "called off the event loop";
        long[] ids = table.all().stream()
                .filter(flow -> flow.listener() == listener)
                .mapToLong(StreamFlow::id)
                .toArray();
        new PacedClosing(this, ids, CloseReason.DRAINED, overNanos).tick();
    }

    /** Asks silent peers whether they are there, and ends idle and dead flows. Happens by itself every second. */
    void tendAll() {
        long now = ticker.nanoTime();
        for (StreamFlow flow : table.all()) {
            flow.tend(now);
        }
    }

    /** Takes a new flow into the table. */
    void add(StreamFlow flow) {
        table.add(flow);
        if (sweep == null) {
            sweep = loop.scheduleWithFixedDelay(this::tendAll, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    void remove(StreamFlow flow) {
        table.remove(flow);
    }

    void dirty(StreamFlow flow) {
        dirty.add(flow);
        scheduleTurnEnd();
    }

    void readSomething() {
        readSomething = true;
        scheduleTurnEnd();
    }

    /** Runs the task after the present one; at once when the loop takes no more tasks. */
    void later(Runnable task) {
        if (loop.isShutdown()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }

    boolean inEventLoop() {
        return loop.inEventLoop();
    }

    long nextId() {
        return ids.next();
    }

    int loopNumber() {
        return ids.loop();
    }

    long nanoTime() {
        return ticker.nanoTime();
    }

    StreamHandler handler() {
        return handler;
    }

    StreamCounters counters() {
        return counters;
    }

    byte[] readBytes() {
        return readBytes;
    }

    private void scheduleTurnEnd() {
        if (!turnEndScheduled) {
            turnEndScheduled = true;
            later(this::turnEnd);
        }
    }

    private void turnEnd() {
        try {
            if (readSomething) {
                readSomething = false;
                handler.onReadComplete();
            }
        } finally {
            turnEndScheduled = false;
            flush();
        }
    }
}
