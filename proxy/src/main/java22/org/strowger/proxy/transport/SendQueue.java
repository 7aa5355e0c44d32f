package org.strowger.proxy.transport;

import org.strowger.sip.IpPort;
import org.strowger.threading.RunsOn;

/**
 * Datagrams waiting for one sendmmsg, packed one after another so that a batch of SIP messages touches few pages. Fills
 * from the front and starts over once empty; what the kernel will not take yet (EAGAIN) waits at the front.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class SendQueue {
    /** What became of a flush. */
    enum Outcome {
        EMPTY,
        /** The kernel's buffer is full: flush again when the socket is writable. */
        BLOCKED
    }

    /** A socket error that an earlier datagram left is reported once, to whichever call comes next. */
    private static final int TRIES = 3;

    private static final int TYPICAL_BYTES = 2048;

    private final SystemCalls calls;
    private final int fd;
    private final SocketAddressFormat format;
    private final DatagramCounters counters;
    private final int capacity;
    private final long payloadCapacityBytes;
    private final MessageHeaders headers;
    private final long payload;

    private int head;
    private int tail;
    private long payloadBytes;
    private int tries;

    SendQueue(
            SystemCalls calls,
            int fd,
            SocketAddressFormat format,
            NativeMemory memory,
            DatagramOptions options,
            DatagramCounters counters) {
        this.calls = calls;
        this.fd = fd;
        this.format = format;
        this.counters = counters;
        capacity = options.batch();
        payloadCapacityBytes = payloadCapacity(options);
        headers = new MessageHeaders(memory, capacity, format);
        payload = memory.take(payloadCapacityBytes);
    }

    static long sizeBytes(DatagramOptions options) {
        return MessageHeaders.sizeBytes(options.batch()) + NativeMemory.lines(payloadCapacity(options));
    }

    boolean isEmpty() {
        return head == tail;
    }

    boolean hasRoomFor(int length) {
        return tail < capacity && payloadBytes + length <= payloadCapacityBytes;
    }

    /** Queues a datagram; the caller has seen that there is room and that the socket's family carries the peer. */
    void add(byte[] bytes, int offset, int length, IpPort to) {
        long at = payload + payloadBytes;
        NativeMemory.copyIn(bytes, offset, at, length);
        headers.setPayload(tail, at, length);
        format.write(headers.name(tail), to);
        tail++;
        payloadBytes = NativeMemory.lines(payloadBytes + length);
    }

    /** Sends what is queued. A datagram that the kernel refuses for its own sake is dropped and the next one goes on. */
    Outcome flush() {
        while (head < tail) {
            int result = calls.send(fd, headers.header(head), tail - head);
            if (result > 0) {
                counters.addWriteBatch();
                counters.addSent(result, headers.payloadBytes(head, result));
                next(result);
            } else if (result == -SystemCalls.EAGAIN) {
                return Outcome.BLOCKED;
            } else if (++tries >= TRIES) {
                counters.addSendDropped(SendDrop.ofErrno(-result));
                next(1);
            }
        }
        head = 0;
        tail = 0;
        payloadBytes = 0;
        return Outcome.EMPTY;
    }

    private void next(int count) {
        head += count;
        tries = 0;
    }

    private static long payloadCapacity(DatagramOptions options) {
        return Math.max(options.maxDatagramBytes(), (long) options.batch() * TYPICAL_BYTES);
    }
}
