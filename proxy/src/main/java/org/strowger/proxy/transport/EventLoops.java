package org.strowger.proxy.transport;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.strowger.threading.RunsOn;

/** The fixed array of event loops that carry all traffic; loop {@code i} runs on the thread {@code strowger-loop-i}. */
@RunsOn(RunsOn.Runner.ANY)
public final class EventLoops implements AutoCloseable {
    private static final long SHUTDOWN_SECONDS = 5;

    private final EventLoopGroup group;
    private final List<EventLoop> loops;
    private final IoMode mode;

    private EventLoops(EventLoopGroup group, IoMode mode) {
        this.group = group;
        this.mode = mode;
        List<EventLoop> inOrder = new ArrayList<>();
        for (EventExecutor executor : group) {
            inOrder.add((EventLoop) executor);
        }
        loops = List.copyOf(inOrder);
    }

    /** Starts {@code count} loops and returns when all of them run. */
    public static EventLoops start(int count, IoMode mode) {
        if (count < 1 || count > FlowIds.MAX_LOOPS) {
            throw new IllegalArgumentException("count: " + count + " (expected: 1.." + FlowIds.MAX_LOOPS + ")");
        }
        AtomicInteger next = new AtomicInteger();
        ThreadFactory threads = task -> new FastThreadLocalThread(task, "strowger-loop-" + next.getAndIncrement());
        EventLoops started =
                new EventLoops(new MultiThreadIoEventLoopGroup(count, threads, mode.handlerFactory()), mode);
        // A loop takes its thread with its first task: one after the other, so that numbers and names agree.
        for (EventLoop loop : started.loops) {
            loop.submit(() -> {}).syncUninterruptibly();
        }
        return started;
    }

    public int size() {
        return loops.size();
    }

    public EventLoop loop(int number) {
        return loops.get(number);
    }

    /** The number of a loop of this array. */
    public int numberOf(EventLoop loop) {
        return loops.indexOf(loop);
    }

    public IoMode mode() {
        return mode;
    }

    /** All of them, to be taken in turn. */
    public EventLoopGroup group() {
        return group;
    }

    /** Closes what is still open, ends the threads and waits for them, at most a few seconds. */
    @Override
    public void close() {
        group.shutdownGracefully(0, SHUTDOWN_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
