package org.strowger.proxy.transport;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.strowger.threading.RunsOn;

/**
 * What went through one {@link DatagramPort}. Written by the port's event loop alone, read by any thread: values are
 * never torn, and may lag by a moment.
 */
@RunsOn(RunsOn.Runner.ANY)
public final class DatagramCounters {
    private static final int RECEIVED = 0;
    private static final int RECEIVE_TRUNCATED = 1;
    private static final int READ_BATCHES = 2;
    private static final int SENT = 3;
    private static final int WRITE_BATCHES = 4;
    private static final int ICMP_ERRORS = 5;
    private static final int HANDLER_FAILURES = 6;
    private static final int RECEIVED_BYTES = 7;
    private static final int SENT_BYTES = 8;
    private static final int FIRST_SEND_DROP = 9;

    private static final VarHandle VALUES = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] values = new long[FIRST_SEND_DROP + SendDrop.values().length];

    /** Datagrams handed to the handler. */
    public long received() {
        return read(RECEIVED);
    }

    /** Bytes of payload handed to the handler. */
    public long receivedBytes() {
        return read(RECEIVED_BYTES);
    }

    /** Datagrams dropped because they were longer than the limit. */
    public long receiveTruncated() {
        return read(RECEIVE_TRUNCATED);
    }

    /** Reads that brought at least one datagram. */
    public long readBatches() {
        return read(READ_BATCHES);
    }

    /** Datagrams that the kernel took. */
    public long sent() {
        return read(SENT);
    }

    /** Bytes of payload that the kernel took. */
    public long sentBytes() {
        return read(SENT_BYTES);
    }

    /** Writes that the kernel took at least one datagram of. */
    public long writeBatches() {
        return read(WRITE_BATCHES);
    }

    /** Datagrams not sent, by reason. */
    public long sendDropped(SendDrop reason) {
        return read(indexOf(reason));
    }

    /** ICMP errors handed to the handler. */
    public long icmpErrors() {
        return read(ICMP_ERRORS);
    }

    /** Calls of the handler that ended in an exception: each is a bug. */
    public long handlerFailures() {
        return read(HANDLER_FAILURES);
    }

    void addReceived(int count, long bytes) {
        add(RECEIVED, count);
        add(RECEIVED_BYTES, bytes);
    }

    void addReceiveTruncated() {
        add(RECEIVE_TRUNCATED, 1);
    }

    void addReadBatch() {
        add(READ_BATCHES, 1);
    }

    void addSent(int count, long bytes) {
        add(SENT, count);
        add(SENT_BYTES, bytes);
    }

    void addWriteBatch() {
        add(WRITE_BATCHES, 1);
    }

    void addSendDropped(SendDrop reason) {
        add(indexOf(reason), 1);
    }

    void addIcmpError() {
        add(ICMP_ERRORS, 1);
    }

    /** Counts a failure; true for the 1st, 2nd, 4th, 8th, ... one, which is worth a log line. */
    boolean addHandlerFailure() {
        add(HANDLER_FAILURES, 1);
        return Long.bitCount(values[HANDLER_FAILURES]) == 1;
    }

    @SuppressWarnings("EnumOrdinal") // a place in an array of this process, never stored
    private static int indexOf(SendDrop reason) {
        return FIRST_SEND_DROP + reason.ordinal();
    }

    private long read(int index) {
        return (long) VALUES.getOpaque(values, index);
    }

    private void add(int index, long count) {
        VALUES.setOpaque(values, index, values[index] + count);
    }
}
