package org.strowger.proxy.transport;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import org.strowger.threading.RunsOn;

/**
 * The system calls of the UDP engine, those on sockets answering a count or the negated errno. Pointers are passed as plain
 * longs, so that a call allocates nothing. Loading this class links the functions, and fails if one is missing.
 */
@SuppressWarnings("restricted") // calling libc is this class's purpose; the manifest enables native access
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class SystemCalls {
    static final int EINTR = 4;
    static final int EAGAIN = 11;

    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_ERRQUEUE = 0x2000;

    private static final StructLayout STATE_LAYOUT = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE_LAYOUT.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private static final MethodHandle RECVMMSG =
            link("recvmmsg", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle SENDMMSG =
            link("sendmmsg", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT));
    private static final MethodHandle RECVMSG =
            link("recvmsg", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT));

    private static final MethodHandle NANOSLEEP =
            link("nanosleep", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle PRCTL =
            link("prctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
    private static final int PR_SET_TIMERSLACK = 29;
    private static final long TIMER_SLACK_NANOS = 5_000;

    private final MemorySegment sleepTime = Arena.ofAuto().allocate(2 * JAVA_LONG.byteSize(), JAVA_LONG.byteSize());
    private boolean isPrecise;
    private final MemorySegment state = Arena.ofAuto().allocate(STATE_LAYOUT);

    /** Loads this class. */
    static void ensureLinked() {}

    /** Takes up to {@code count} datagrams that are there, without waiting. */
    int receive(int fd, long headers, int count) {
        int result;
        do {
            try {
                result = (int) RECVMMSG.invokeExact(state, fd, headers, count, MSG_DONTWAIT, 0L);
            } catch (Throwable e) { // declared by invokeExact; a downcall throws nothing
                throw new AssertionError(e);
            }
            result = result < 0 ? -errno() : result;
        } while (result == -EINTR);
        return result;
    }

    /** Sends up to {@code count} datagrams; fewer when one of them is refused. */
    int send(int fd, long headers, int count) {
        int result;
        do {
            try {
                result = (int) SENDMMSG.invokeExact(state, fd, headers, count, MSG_DONTWAIT);
            } catch (Throwable e) { // declared by invokeExact; a downcall throws nothing
                throw new AssertionError(e);
            }
            result = result < 0 ? -errno() : result;
        } while (result == -EINTR);
        return result;
    }

    /** Takes one entry of the socket's error queue. */
    int receiveError(int fd, long header) {
        long result;
        do {
            try {
                result = (long) RECVMSG.invokeExact(state, fd, header, MSG_ERRQUEUE | MSG_DONTWAIT);
            } catch (Throwable e) { // declared by invokeExact; a downcall throws nothing
                throw new AssertionError(e);
            }
            result = result < 0 ? -errno() : result;
        } while (result == -EINTR);
        return (int) result;
    }

    /**
     * Sleeps for less than a second, or until a signal. Has the kernel wake this thread within microseconds of the time
     * asked for from now on; by default it takes 50 us more to save wake-ups.
     */
    void sleep(long nanos) {
        try {
            if (!isPrecise) {
                isPrecise = true;
                // Refused: the pause is longer, nothing else.
                int unused = (int) PRCTL.invokeExact(state, PR_SET_TIMERSLACK, TIMER_SLACK_NANOS, 0L, 0L, 0L);
            }
            sleepTime.set(JAVA_LONG, JAVA_LONG.byteSize(), nanos);
            int unused = (int) NANOSLEEP.invokeExact(state, sleepTime.address(), 0L);
        } catch (Throwable e) { // declared by invokeExact; a downcall throws nothing
            throw new AssertionError(e);
        }
    }

    private int errno() {
        return (int) ERRNO.get(state, 0L);
    }

    private static MethodHandle link(String function, FunctionDescriptor descriptor) {
        SymbolLookup lookup = Linker.nativeLinker().defaultLookup();
        MemorySegment address = lookup.find(function)
                .orElseThrow(() -> new UnsatisfiedLinkError(function + ": not found in the C library"));
        return Linker.nativeLinker().downcallHandle(address, descriptor, Linker.Option.captureCallState("errno"));
    }
}
