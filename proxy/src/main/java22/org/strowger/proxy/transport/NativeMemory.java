package org.strowger.proxy.transport;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteOrder;
import org.strowger.threading.RunsOn;

/**
 * A block of zeroed memory outside the heap whose pages exist only once touched: a slot for the longest datagram costs
 * what the datagrams in it were long. An {@code Arena} would write zeros into all of it.
 *
 * <p>The accessors take addresses, not segments: one constant view of all memory lets the compiler drop every check.
 * Whoever uses them answers for the bounds.
 */
@SuppressWarnings("restricted") // the accessors' view spans all memory on purpose
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class NativeMemory {
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
    private static final int LINE_BYTES = 64;

    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfInt NET_INT = INT.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfShort NET_SHORT = SHORT.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfLong NET_LONG = LONG.withOrder(ByteOrder.BIG_ENDIAN);

    private static final MethodHandle MMAP = link(
            "mmap", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle MUNMAP = link("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));

    private final long address;
    private final long sizeBytes;
    private long usedBytes;

    /** A new block; given back by {@link #free}. */
    NativeMemory(long sizeBytes) {
        this.sizeBytes = sizeBytes;
        try {
            this.address = (long) MMAP.invokeExact(0L, sizeBytes, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0L);
        } catch (Throwable e) { // declared by invokeExact; a downcall throws nothing
            throw new AssertionError(e);
        }
        if (address == -1) {
            throw new OutOfMemoryError("mmap of " + sizeBytes + " bytes failed");
        }
    }

    /** The address of the next {@code bytes} of the block, on a cache line of their own. */
    long take(long bytes) {
        long start = usedBytes;
        usedBytes = start + lines(bytes);
        if (usedBytes > sizeBytes) {
            throw new IllegalStateException("bytes: " + bytes + " (expected: at most " + (sizeBytes - start) + ")");
        }
        return address + start;
    }

    /** Gives the block back; no address in it may be used after that. */
    void free() {
        int result;
        try {
            result = (int) MUNMAP.invokeExact(address, sizeBytes);
        } catch (Throwable e) { // declared by invokeExact; a downcall throws nothing
            throw new AssertionError(e);
        }
        if (result != 0) {
            throw new IllegalStateException("munmap of " + sizeBytes + " bytes failed");
        }
    }

    /** {@code bytes} rounded up to whole cache lines. */
    static long lines(long bytes) {
        return (bytes + LINE_BYTES - 1) & -LINE_BYTES;
    }

    static int getInt(long at) {
        return ALL.get(INT, at);
    }

    static void putInt(long at, int value) {
        ALL.set(INT, at, value);
    }

    static long getLong(long at) {
        return ALL.get(LONG, at);
    }

    static void putLong(long at, long value) {
        ALL.set(LONG, at, value);
    }

    static void putShort(long at, short value) {
        ALL.set(SHORT, at, value);
    }

    static int getByte(long at) {
        return ALL.get(JAVA_BYTE, at) & 0xFF;
    }

    static int getNetShort(long at) {
        return ALL.get(NET_SHORT, at) & 0xFFFF;
    }

    static void putNetShort(long at, int value) {
        ALL.set(NET_SHORT, at, (short) value);
    }

    static int getNetInt(long at) {
        return ALL.get(NET_INT, at);
    }

    static void putNetInt(long at, int value) {
        ALL.set(NET_INT, at, value);
    }

    static long getNetLong(long at) {
        return ALL.get(NET_LONG, at);
    }

    static void putNetLong(long at, long value) {
        ALL.set(NET_LONG, at, value);
    }

    static void copyOut(long from, byte[] to, int length) {
        MemorySegment.copy(ALL, JAVA_BYTE, from, to, 0, length);
    }

    static void copyIn(byte[] from, int offset, long to, int length) {
        MemorySegment.copy(from, offset, ALL, JAVA_BYTE, to, length);
    }

    private static MethodHandle link(String function, FunctionDescriptor descriptor) {
        MemorySegment symbol = Linker.nativeLinker()
                .defaultLookup()
                .find(function)
                .orElseThrow(() -> new UnsatisfiedLinkError(function + ": not found in the C library"));
        return Linker.nativeLinker().downcallHandle(symbol, descriptor);
    }
}
