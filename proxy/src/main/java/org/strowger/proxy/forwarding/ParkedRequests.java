package org.strowger.proxy.forwarding;

import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.strowger.proxy.routing.Ingress;
import org.strowger.sip.Method;
import org.strowger.sip.SipMessage;
import org.strowger.threading.RunsOn;

/**
 * Copies of the requests of one event loop that wait for the name of their next hop, by look-up and in the order in
 * which they came. Bounded in number, bytes and time.
 *
 * <p>A retransmission of a request that waits already adds nothing. The ACK and the CANCEL of a transaction wait beside
 * its INVITE, and follow it.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class ParkedRequests {
    private final int maxRequests;
    private final int maxBytes;
    private final long maxAgeNanos;
    private final Ticker ticker;
    private final Map<Long, Map<Key, Parked>> byLookup = new HashMap<>();
    private int requests;
    private int bytes;

    /** What became of a request. */
    enum Outcome {
        PARKED,
        /** It is a retransmission of one that waits. */
        REPEATED,
        FULL
    }

    /** What a retransmission has in common with its original. */
    private record Key(long transactionHash, Method method) {}

    /** May be called from any thread. */
    public ParkedRequests(int maxRequests, int maxBytes, Duration maxAge, Ticker ticker) {
        if (maxRequests < 0) {
            throw new IllegalArgumentException("maxRequests: " + maxRequests + " (expected: 0 or more)");
        }
        if (maxBytes < 0) {
            throw new IllegalArgumentException("maxBytes: " + maxBytes + " (expected: 0 or more)");
        }
        this.maxRequests = maxRequests;
        this.maxBytes = maxBytes;
        this.maxAgeNanos = maxAge.toNanos();
        this.ticker = ticker;
    }

    /** Takes no request: for a path on which every hop is known at once. */
    public static ParkedRequests none() {
        return new ParkedRequests(0, 0, Duration.ZERO, Ticker.systemTicker());
    }

    /** A request that waits. */
    @RunsOn(RunsOn.Runner.EVENT_LOOP)
    static final class Parked {
        private final byte[] bytes;
        private final Ingress ingress;
        private final long sinceNanos;

        private Parked(SipMessage m, Ingress in, long nowNanos) {
            bytes = Arrays.copyOfRange(m.bytes(), m.start(), m.end());
            ingress = new Ingress().set(in);
            sinceNanos = nowNanos;
        }

        /** The whole message. */
        byte[] bytes() {
            return bytes;
        }

        Ingress ingress() {
            return ingress;
        }
    }

    /** Parks a copy of {@code m} until {@code lookup} ends. */
    Outcome park(long lookup, long transactionHash, SipMessage m, Ingress in) {
        Map<Key, Parked> waiting = byLookup.get(lookup);
        Key key = new Key(transactionHash, m.method());
        if (waiting != null && waiting.containsKey(key)) {
            return Outcome.REPEATED;
        }
        int length = m.end() - m.start();
        if (requests == maxRequests || length > maxBytes - bytes) {
            return Outcome.FULL;
        }
        if (waiting == null) {
            waiting = new LinkedHashMap<>();
            byLookup.put(lookup, waiting);
        }
        waiting.put(key, new Parked(m, in, ticker.nanoTime()));
        requests++;
        bytes += length;
        return Outcome.PARKED;
    }

    /** Hands out what waited for a look-up, first come first. */
    Collection<Parked> take(long lookup) {
        Map<Key, Parked> waiting = byLookup.remove(lookup);
        if (waiting == null) {
            return List.of();
        }
        requests -= waiting.size();
        waiting.values().forEach(parked -> bytes -= parked.bytes.length);
        return waiting.values();
    }

    boolean isOverdue(Parked parked) {
        return ticker.nanoTime() - parked.sinceNanos > maxAgeNanos;
    }
}
