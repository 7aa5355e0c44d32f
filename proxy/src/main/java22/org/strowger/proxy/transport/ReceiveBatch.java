package org.strowger.proxy.transport;

import org.strowger.sip.IpPort;
import org.strowger.threading.RunsOn;

/** The slots that one recvmmsg fills. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class ReceiveBatch {
    private static final int MSG_TRUNC = 0x20;
    private static final int LINE_BYTES = 64;

    private final SystemCalls calls;
    private final int fd;
    private final SocketAddressFormat format;
    private final int capacity;
    private final long strideBytes;
    private final MessageHeaders headers;
    private final long slots;

    ReceiveBatch(SystemCalls calls, int fd, SocketAddressFormat format, NativeMemory memory, DatagramOptions options) {
        this.calls = calls;
        this.fd = fd;
        this.format = format;
        capacity = options.batch();
        strideBytes = stride(options);
        headers = new MessageHeaders(memory, capacity, format);
        slots = memory.take(capacity * strideBytes);
        for (int i = 0; i < capacity; i++) {
            headers.setPayload(i, slot(i), options.maxDatagramBytes());
        }
    }

    static long sizeBytes(DatagramOptions options) {
        return MessageHeaders.sizeBytes(options.batch()) + options.batch() * stride(options);
    }

    /** Takes what the socket holds; answers how many datagrams, or the negated errno. */
    int receive() {
        return calls.receive(fd, headers.header(0), capacity);
    }

    boolean isFull(int received) {
        return received == capacity;
    }

    boolean isTruncated(int index) {
        return (headers.flags(index) & MSG_TRUNC) != 0;
    }

    /** Copies the datagram and its source out; answers its length. */
    int copyOut(int index, byte[] bytes, IpPort source) {
        int length = headers.receivedBytes(index);
        NativeMemory.copyOut(slot(index), bytes, length);
        format.read(headers.name(index), source);
        return length;
    }

    private long slot(int index) {
        return slots + index * strideBytes;
    }

    /** An odd number of cache lines: with a power of two all slots would compete for the same few sets of the cache. */
    private static long stride(DatagramOptions options) {
        return NativeMemory.lines(options.maxDatagramBytes()) | LINE_BYTES;
    }
}
