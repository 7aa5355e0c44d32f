package org.strowger.proxy;

import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.strowger.threading.RunsOn;

/**
 * The thread of the control side, which owns all state that is neither a message's nor a socket's, and beside it one that
 * may block, for reading files.
 */
@RunsOn(RunsOn.Runner.ANY)
final class ControlLoop implements AutoCloseable {
    private final EventExecutor thread = new DefaultEventExecutor(new DefaultThreadFactory("strowger-control", true));
    private final ExecutorService reader =
            Executors.newSingleThreadExecutor(new DefaultThreadFactory("strowger-files", true));

    /** Runs tasks in order, now or later; none of them may block for long. */
    EventExecutor executor() {
        return thread;
    }

    /** Runs tasks that block, the one after the other. */
    ExecutorService files() {
        return reader;
    }

    /** Ends the task that runs, and does no other. Not to be called on the loop. */
    @Override
    public void close() {
        reader.shutdownNow();
        thread.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
