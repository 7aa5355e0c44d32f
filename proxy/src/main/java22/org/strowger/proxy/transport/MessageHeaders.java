package org.strowger.proxy.transport;

import org.strowger.threading.RunsOn;

/**
 * An array of {@code struct mmsghdr}, each with one {@code iovec} and one socket address, as 64-bit Linux lays them
 * out:
 *
 * <pre>
 *   0 msg_name   8 msg_namelen  16 msg_iov  24 msg_iovlen  32 msg_control  40 msg_controllen  48 msg_flags  56 msg_len
 *   iovec: 0 iov_base  8 iov_len
 * </pre>
 *
 * The kernel writes msg_namelen, msg_controllen, msg_flags and msg_len. For one socket the first is the same each time
 * and the second stays 0, so nothing is reset between calls.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class MessageHeaders {
    private static final int HEADER_BYTES = 64;
    private static final int VECTOR_BYTES = 16;
    private static final int NAME_LENGTH = 8;
    private static final int VECTOR = 16;
    private static final int VECTOR_COUNT = 24;
    private static final int CONTROL = 32;
    private static final int CONTROL_LENGTH = 40;
    private static final int FLAGS = 48;
    private static final int LENGTH = 56;

    private final long headers;
    private final long vectors;
    private final long names;

    MessageHeaders(NativeMemory memory, int count, SocketAddressFormat format) {
        headers = memory.take((long) count * HEADER_BYTES);
        vectors = memory.take((long) count * VECTOR_BYTES);
        names = memory.take((long) count * SocketAddressFormat.STRIDE);
        for (int i = 0; i < count; i++) {
            format.prepare(name(i));
            NativeMemory.putLong(header(i), name(i));
            NativeMemory.putInt(header(i) + NAME_LENGTH, format.sizeBytes());
            NativeMemory.putLong(header(i) + VECTOR, vectors + (long) i * VECTOR_BYTES);
            NativeMemory.putLong(header(i) + VECTOR_COUNT, 1);
        }
    }

    /** The memory that {@code count} headers take. */
    static long sizeBytes(int count) {
        return NativeMemory.lines((long) count * HEADER_BYTES)
                + NativeMemory.lines((long) count * VECTOR_BYTES)
                + NativeMemory.lines((long) count * SocketAddressFormat.STRIDE);
    }

    long header(int index) {
        return headers + (long) index * HEADER_BYTES;
    }

    long name(int index) {
        return names + (long) index * SocketAddressFormat.STRIDE;
    }

    /** Where the payload lies. */
    void setPayload(int index, long address, long lengthBytes) {
        long vector = vectors + (long) index * VECTOR_BYTES;
        NativeMemory.putLong(vector, address);
        NativeMemory.putLong(vector + 8, lengthBytes);
    }

    /** The bytes of {@code count} payloads from that index on. */
    long payloadBytes(int index, int count) {
        long bytes = 0;
        for (int i = index; i < index + count; i++) {
            bytes += NativeMemory.getLong(vectors + (long) i * VECTOR_BYTES + 8);
        }
        return bytes;
    }

    /** Where control messages go; the kernel overwrites the length, so set it before each call. */
    void setControl(int index, long address, long lengthBytes) {
        NativeMemory.putLong(header(index) + CONTROL, address);
        NativeMemory.putLong(header(index) + CONTROL_LENGTH, lengthBytes);
    }

    long controlBytes(int index) {
        return NativeMemory.getLong(header(index) + CONTROL_LENGTH);
    }

    int flags(int index) {
        return NativeMemory.getInt(header(index) + FLAGS);
    }

    /** What recvmmsg wrote: the bytes of this datagram. */
    int receivedBytes(int index) {
        return NativeMemory.getInt(header(index) + LENGTH);
    }
}
