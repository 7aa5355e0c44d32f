package org.strowger.proxy.transport;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.strowger.sip.IpPort;
import org.strowger.threading.RunsOn;

/** Messages on their way to one loop; the task that delivers them there. Belongs to one loop at a time. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class HandOverBatch implements Runnable {
    private static final HandOver.Kind[] KINDS = HandOver.Kind.values();
    private static final int FIELDS = 5;
    private static final int KEPT_BYTES = 256 * 1024;

    @Nullable
    HandOverBatch next;

    private final HandOverOutbox outbox;
    private final IpPort address = new IpPort();
    private byte[] bytes = new byte[4096];
    private int length;
    private long[] records = new long[8 * FIELDS];
    private int used;

    HandOverBatch(HandOverOutbox outbox) {
        this.outbox = outbox;
    }

    void add(HandOver.Kind kind, long key, IpPort peer, byte[] message, int offset, int count) {
        if (bytes.length - length < count) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + count));
        }
        System.arraycopy(message, offset, bytes, length, count);
        length += count;
        if (used == records.length) {
            records = Arrays.copyOf(records, 2 * used);
        }
        records[used++] = kind.ordinal();
        records[used++] = key;
        records[used++] = peer.high();
        records[used++] = peer.low();
        records[used++] = (long) peer.port() << 32 | length;
    }

    @Override
    public void run() {
        HandOver receiver = outbox.receiver();
        try {
            int from = 0;
            for (int i = 0; i < used; i += FIELDS) {
                int to = (int) records[i + 4];
                address.setIpv6(records[i + 2], records[i + 3], (int) (records[i + 4] >>> 32));
                receiver.deliver(KINDS[(int) records[i]], records[i + 1], address, bytes, from, to);
                from = to;
            }
        } finally {
            int delivered = length;
            length = 0;
            used = 0;
            outbox.giveBack(this, delivered);
            receiver.delivered();
        }
    }

    boolean isWorthKeeping() {
        return bytes.length <= KEPT_BYTES;
    }
}
