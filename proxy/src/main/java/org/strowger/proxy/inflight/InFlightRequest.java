package org.strowger.proxy.inflight;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.strowger.proxy.routing.InFlightRequests;
import org.strowger.proxy.routing.Ingress;
import org.strowger.proxy.routing.Pool;
import org.strowger.proxy.routing.Target;
import org.strowger.sip.HeaderId;
import org.strowger.sip.Method;
import org.strowger.sip.SipMessage;
import org.strowger.threading.RunsOn;

/**
 * One request of a client that was given to a backend of a pool, with all attempts to have it answered. Pooled: blank
 * again after {@link InFlightTable#remove}. Times are nanoseconds since the loop's clock began, so {@link #NEVER} is later
 * than all of them.
 *
 * <p>The last attempt is the living one; those before it were given up.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class InFlightRequest implements InFlightRequests.Place {
    /** Later than any time. */
    public static final long NEVER = Long.MAX_VALUE;

    /** Backends that one request is given to at most; the cookie's attempt number has 4 bits. */
    public static final int MAX_ATTEMPTS = 8;

    /** {@link #answeredBy()} when the final response was our own, or there is none. */
    public static final int NOBODY = -1;

    /** Of an attempt: some response came. */
    public static final int HEARD = 1;
    /** Of an attempt: a final response came. */
    public static final int FINAL = 2;
    /** Of an attempt: we sent a CANCEL. */
    public static final int CANCELLED = 4;
    /** Of an attempt: the CANCEL was answered. */
    public static final int CANCEL_ANSWERED = 8;
    /** A response above 100 came while it was wanted. */
    public static final int JUDGED = 32;
    /** It was sent again because nothing came. */
    public static final int REPEATED = 64;
    /** Of an attempt: reported as over. */
    public static final int ENDED = 16;

    static final long NOT_ARMED = Long.MIN_VALUE;

    private static final byte[] NO_BYTES = {};

    // For the wheel, the lists and the table.
    long deadlineNanos;
    long wheelTick = NOT_ARMED;

    @Nullable
    InFlightRequest wheelNext;

    @Nullable
    InFlightRequest wheelPrevious;

    @Nullable
    EntryList list;

    @Nullable
    InFlightRequest listNext;

    @Nullable
    InFlightRequest listPrevious;

    long transactionHash;

    private final Ingress ingress = new Ingress();
    private final Target[] targets = new Target[MAX_ATTEMPTS];
    private final byte[] flags = new byte[MAX_ATTEMPTS];
    private @Nullable Pool pool;
    private long callIdHash;
    private Method method = Method.OTHER;
    private byte[] bytes = NO_BYTES;
    private int length;
    private int headLength;
    private int contentLengthStart;
    private int contentLengthEnd;
    private byte[] reason = NO_BYTES;
    private int reasonLength;
    private int attempts;
    private int aimed;
    private int answeredBy;
    private int ownStatus;
    private boolean done;
    private boolean ringing;
    private boolean clientCancelled;
    private boolean tryingSent;

    /** When the living attempt has been silent for too long. */
    public long giveUpNanos;
    /** When the request, or our own final response, is sent once more; and the pause after that. */
    public long repeatNanos;

    public long repeatPauseNanos;
    /** When our CANCELs are sent once more; the pause after that; when nobody waits for their end any longer. */
    public long cancelNanos;

    public long cancelPauseNanos;
    public long cancelLimitNanos;
    /** Before the final response: when there must have been one. After it: when all is forgotten. */
    public long limitNanos;

    InFlightRequest() {
        clear();
    }

    void clear() {
        Arrays.fill(targets, Target.NONE);
        Arrays.fill(flags, (byte) 0);
        pool = null;
        attempts = 0;
        aimed = 0;
        answeredBy = NOBODY;
        ownStatus = 0;
        done = false;
        ringing = false;
        clientCancelled = false;
        tryingSent = false;
        giveUpNanos = NEVER;
        repeatNanos = NEVER;
        cancelNanos = NEVER;
        cancelLimitNanos = NEVER;
        limitNanos = NEVER;
    }

    /** Keeps a copy of the request in {@code memory}, which is long enough. */
    public void keep(SipMessage m, Ingress in, Pool from, long callId, byte[] memory) {
        pool = from;
        callIdHash = callId;
        method = m.method();
        ingress.set(in);
        bytes = memory;
        length = m.end() - m.start();
        headLength = m.bodyStart() - m.start();
        System.arraycopy(m.bytes(), m.start(), memory, 0, length);
        int header = m.first(HeaderId.CONTENT_LENGTH);
        contentLengthStart = header < 0 ? 0 : m.valueStart(header) - m.start();
        contentLengthEnd = header < 0 ? 0 : m.valueEnd(header) - m.start();
    }

    /** Keeps the head alone, with a Content-Length of 0, in less memory if possible. */
    public void keepHead(BytePool memory) {
        if (headLength < 0 || length == headLength || bytes.length == 0) {
            return;
        }
        Arrays.fill(bytes, contentLengthStart, contentLengthEnd, (byte) '0');
        length = headLength;
        if (memory.isSmaller(length, bytes)) {
            byte[] smaller = memory.take(length);
            if (smaller != null) {
                System.arraycopy(bytes, 0, smaller, 0, length);
                memory.give(bytes);
                bytes = smaller;
            }
        }
        // No longer the whole request, even when it had no body.
        headLength = -1;
    }

    /** Gives the request's bytes back. */
    public void release(BytePool memory) {
        if (bytes.length > 0) {
            memory.give(bytes);
            bytes = NO_BYTES;
            length = 0;
        }
    }

    void releaseReason(BytePool memory) {
        if (reason.length > 0) {
            memory.give(reason);
            reason = NO_BYTES;
            reasonLength = 0;
        }
    }

    /** Keeps the Reason headers of the client's CANCEL, whole lines, in {@code memory}. */
    public void keepReason(byte[] memory, int reasonBytes) {
        reason = memory;
        reasonLength = reasonBytes;
    }

    /** One more attempt, which is the living one from now on. */
    public void attempt(Target target) {
        targets[attempts] = target;
        aimed = attempts++;
    }

    /** The final response has gone upstream: that of an attempt, or our own with that status. */
    public void done(int attempt, int status) {
        done = true;
        answeredBy = attempt;
        ownStatus = status;
        giveUpNanos = NEVER;
        repeatNanos = NEVER;
    }

    /** The earliest of all its times. */
    public long nextNanos() {
        return Math.min(Math.min(limitNanos, giveUpNanos), Math.min(repeatNanos, cancelNanos));
    }

    /** What {@link #target()} and {@link #attempt()} speak of. */
    public void aim(int attempt) {
        aimed = attempt;
    }

    @Override
    public Target target() {
        return targets[aimed];
    }

    @Override
    public int attempt() {
        return aimed;
    }

    @Override
    public Pool pool() {
        Pool of = pool;
        if (of == null) {
            throw new IllegalStateException("the entry is blank");
        }
        return of;
    }

    public Target target(int attempt) {
        return targets[attempt];
    }

    public boolean is(int attempt, int flag) {
        return (flags[attempt] & flag) != 0;
    }

    public void set(int attempt, int flag) {
        flags[attempt] |= (byte) flag;
    }

    public int attempts() {
        return attempts;
    }

    /** The number of the living attempt. */
    public int living() {
        return attempts - 1;
    }

    /** True when that backend has been tried. */
    public boolean hasTried(Target target) {
        for (int i = 0; i < attempts; i++) {
            if (targets[i].identity() == target.identity()) {
                return true;
            }
        }
        return false;
    }

    /** True while the whole request is kept. */
    public boolean isWhole() {
        return bytes.length > 0 && headLength >= 0;
    }

    /** The request, or its head; empty when neither is kept. */
    public byte[] bytes() {
        return bytes;
    }

    public int length() {
        return length;
    }

    public byte[] reason() {
        return reason;
    }

    public int reasonLength() {
        return reasonLength;
    }

    public Ingress ingress() {
        return ingress;
    }

    public Method method() {
        return method;
    }

    public boolean isInvite() {
        return method == Method.INVITE;
    }

    public long transactionHash() {
        return transactionHash;
    }

    public long callIdHash() {
        return callIdHash;
    }

    /** True when the final response has gone upstream. */
    public boolean isDone() {
        return done;
    }

    /** The attempt whose final response went upstream first, or {@link #NOBODY}. */
    public int answeredBy() {
        return answeredBy;
    }

    /** The status of our own final response, or 0. */
    public int ownStatus() {
        return ownStatus;
    }

    /** True when a provisional response above 100 has gone upstream. */
    public boolean isRinging() {
        return ringing;
    }

    public void setRinging() {
        ringing = true;
    }

    /** True when the client sent CANCEL. */
    public boolean isCancelled() {
        return clientCancelled;
    }

    public void setCancelled() {
        clientCancelled = true;
    }

    /** True when the client was sent 100. */
    public boolean isTryingSent() {
        return tryingSent;
    }

    public void setTryingSent() {
        tryingSent = true;
    }
}
