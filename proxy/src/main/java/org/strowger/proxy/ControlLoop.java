package org.strowger.proxy;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.strowger.proxy.transport.IoMode;
import org.strowger.threading.RunsOn;

/**
 * The thread {@code strowger-control}: an event loop that carries no message. It owns the health of backends, sends the
 * probes, and alone publishes snapshots.
 */
@RunsOn(RunsOn.Runner.ANY)
final class ControlLoop implements AutoCloseable {
    private static final long SHUTDOWN_SECONDS = 2;

    private final IoMode mode;
    private final EventLoopGroup group;
    private final EventLoop loop;

    private ControlLoop(IoMode mode) {
        this.mode = mode;
        ThreadFactory threads = task -> new FastThreadLocalThread(task, "strowger-control");
        this.group = new MultiThreadIoEventLoopGroup(1, threads, mode.handlerFactory());
        this.loop = group.next();
    }

    static ControlLoop start(IoMode mode) {
        return new ControlLoop(mode);
    }

    /** Runs tasks in order, serves sockets; nothing on it may block. */
    EventLoop executor() {
        return loop;
    }

    /** What the sockets on it are made of. */
    IoMode mode() {
        return mode;
    }

    /** Runs tasks, or drops them once the loop has ended: for threads that outlive it. */
    Executor untilClosed() {
        return task -> {
            try {
                loop.execute(task);
            } catch (RejectedExecutionException e) {
                // Nobody is left who could look.
                return;
            }
        };
    }

    /** Runs a task and waits for its end; at once when called on the loop itself. */
    void run(Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
        } else {
            loop.submit(task).syncUninterruptibly();
        }
    }

    /** Closes what is still open, ends the thread and waits for it. Not to be called on the loop. */
    @Override
    public void close() {
        group.shutdownGracefully(0, SHUTDOWN_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
