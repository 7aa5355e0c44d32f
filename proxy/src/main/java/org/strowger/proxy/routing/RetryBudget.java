package org.strowger.proxy.routing;

import org.strowger.threading.RunsOn;

/**
 * How many requests of one pool may go to another backend on one event loop: a share of the new requests of the last 10
 * s, but never less than 10 a second, so that a quiet pool can be helped too (as Finagle's RetryBudget and gRPC's retry
 * throttling). Keeps an outage from doubling the traffic of those that are left.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class RetryBudget {
    private static final int SECONDS = 10;
    private static final int LEAST = 10 * SECONDS;
    private static final long NANOS = 1_000_000_000L;

    private final double share;
    private final int[] requests = new int[SECONDS];
    private final int[] retries = new int[SECONDS];
    private long second;
    private int allRequests;
    private int allRetries;

    /** @param share re-dispatches per new request, 0 or more */
    RetryBudget(double share) {
        if (!(share >= 0)) {
            throw new IllegalArgumentException("share: " + share + " (expected: 0 or more)");
        }
        this.share = share;
    }

    /** A new request. */
    public void request(long nowNanos) {
        turn(nowNanos);
        requests[(int) Math.floorMod(second, (long) SECONDS)]++;
        allRequests++;
    }

    /** True when one more may be repeated. */
    public boolean allows(long nowNanos) {
        turn(nowNanos);
        return share > 0 && allRetries < Math.max(LEAST, share * allRequests);
    }

    /** One more is repeated. */
    public void retry(long nowNanos) {
        turn(nowNanos);
        retries[(int) Math.floorMod(second, (long) SECONDS)]++;
        allRetries++;
    }

    private void turn(long nowNanos) {
        long now = Math.floorDiv(nowNanos, NANOS);
        if (now == second) {
            return;
        }
        long first = Math.max(second + 1, now - SECONDS + 1);
        for (long passed = first; passed <= now; passed++) {
            int slot = (int) Math.floorMod(passed, (long) SECONDS);
            allRequests -= requests[slot];
            allRetries -= retries[slot];
            requests[slot] = 0;
            retries[slot] = 0;
        }
        second = now;
    }
}
