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
public final class InFlightRequest extends EntryLinks implements InFlightRequests.Place {
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
    /** Of an attempt that was given up and then heard of: a CANCEL is due, unless its final response comes first. */
    public static final int CANCEL_DUE = 128;

    private static final int FLAG_BITS = 8;

    private static final byte[] NO_BYTES = {};
    private static final Target[] NO_TARGETS = {};

    private final Ingress ingress = new Ingress();
    private Target target = Target.NONE;
    /** The targets of further attempts, from the second on; made for the first entry that needs them, and kept. */
    private Target[] others = NO_TARGETS;
    /** Eight bits for each attempt. */
    private long flags;

    private @Nullable Pool pool;
    private long callIdHash;
    private Method method = Method.OTHER;
    private int block = BytePool.NONE;
    private byte[] bytes = NO_BYTES;
    private int offset;
    private int length;
    private int headLength;
    private int contentLengthStart;
    private int contentLengthEnd;
    private int reasonBlock = BytePool.NONE;
    private byte[] reason = NO_BYTES;
    private int reasonOffset;
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
    /** When our CANCELs are due or sent once more; the pause after that; when nobody waits for their end any longer. */
    public long cancelNanos;

    public long cancelPauseNanos;
    public long cancelLimitNanos;
    /** What the backend of the living attempt had answered in all when that was looked at, and when it had not been more. */
    public long seenResponses;

    public long seenNanos;

    /** Before the final response: when there must have been one. After it: when all is forgotten. */
    public long limitNanos;

    InFlightRequest() {
        clear();
    }

    void clear() {
        target = Target.NONE;
        Arrays.fill(others, Target.NONE);
        flags = 0;
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
        seenResponses = 0;
        seenNanos = 0;
    }

    /** Keeps a copy of the request in that block of {@code memory}, which is long enough. */
    public void keep(SipMessage m, Ingress in, Pool from, long callId, BytePool memory, int inBlock) {
        pool = from;
        callIdHash = callId;
        method = m.method();
        ingress.set(in);
        put(memory, inBlock);
        length = m.end() - m.start();
        headLength = m.bodyStart() - m.start();
        System.arraycopy(m.bytes(), m.start(), bytes, offset, length);
        int header = m.first(HeaderId.CONTENT_LENGTH);
        contentLengthStart = header < 0 ? 0 : m.valueStart(header) - m.start();
        contentLengthEnd = header < 0 ? 0 : m.valueEnd(header) - m.start();
    }

    /** Keeps the head alone, with a Content-Length of 0, in less memory if possible. */
    public void keepHead(BytePool memory) {
        if (headLength < 0 || length == headLength || block == BytePool.NONE) {
            return;
        }
        if (!shrink(memory)) {
            cutBody();
        }
    }

    /** Keeps the head alone if that takes less memory. False when it does not, or when there is none: nothing has changed. */
    public boolean shrink(BytePool memory) {
        if (headLength < 0 || block == BytePool.NONE || !memory.isSmaller(headLength, block)) {
            return false;
        }
        int smaller = memory.takeReserved(headLength);
        if (smaller == BytePool.NONE) {
            return false;
        }
        cutBody();
        System.arraycopy(bytes, offset, memory.array(smaller), memory.offset(smaller), length);
        memory.give(block);
        put(memory, smaller);
        return true;
    }

    private void cutBody() {
        Arrays.fill(bytes, offset + contentLengthStart, offset + contentLengthEnd, (byte) '0');
        length = headLength;
        // No longer the whole request, even when it had no body.
        headLength = -1;
    }

    /** Gives the request's bytes back. */
    public void release(BytePool memory) {
        if (block != BytePool.NONE) {
            memory.give(block);
            block = BytePool.NONE;
            bytes = NO_BYTES;
            length = 0;
        }
    }

    /** Takes over a block, which is given back with the entry. */
    void put(BytePool memory, int inBlock) {
        block = inBlock;
        bytes = memory.array(inBlock);
        offset = memory.offset(inBlock);
    }

    void releaseReason(BytePool memory) {
        if (reasonBlock != BytePool.NONE) {
            memory.give(reasonBlock);
            reasonBlock = BytePool.NONE;
            reason = NO_BYTES;
            reasonLength = 0;
        }
    }

    /** Keeps the Reason headers of the client's CANCEL, whole lines, in that block of {@code memory}. */
    public void keepReason(BytePool memory, int inBlock, int reasonBytes) {
        reasonBlock = inBlock;
        reason = memory.array(inBlock);
        reasonOffset = memory.offset(inBlock);
        reasonLength = reasonBytes;
    }

    /** One more attempt, which is the living one from now on. */
    public void attempt(Target next) {
        if (attempts == 0) {
            target = next;
        } else {
            if (others.length == 0) {
                others = new Target[MAX_ATTEMPTS - 1];
                Arrays.fill(others, Target.NONE);
            }
            others[attempts - 1] = next;
        }
        ringing = false;
        seenResponses = 0;
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
        return target(aimed);
    }

    @Override
    public int attempt() {
        return aimed;
    }

    @Override
    public Pool.PathPolicy pathPolicy() {
        return pool().pathPolicy();
    }

    /** The pool that its backends are chosen from. */
    public Pool pool() {
        Pool of = pool;
        if (of == null) {
            throw new IllegalStateException("the entry is blank");
        }
        return of;
    }

    public Target target(int attempt) {
        return attempt == 0 ? target : others[attempt - 1];
    }

    public boolean is(int attempt, int flag) {
        return ((flags >>> (FLAG_BITS * attempt)) & flag) != 0;
    }

    public void set(int attempt, int flag) {
        flags |= (long) flag << (FLAG_BITS * attempt);
    }

    public int attempts() {
        return attempts;
    }

    /** The number of the living attempt. */
    public int living() {
        return attempts - 1;
    }

    /** True when that backend has been tried. */
    public boolean hasTried(Target backend) {
        for (int i = 0; i < attempts; i++) {
            if (target(i).identity() == backend.identity()) {
                return true;
            }
        }
        return false;
    }

    /** True while the whole request is kept. */
    public boolean isWhole() {
        return block != BytePool.NONE && headLength >= 0;
    }

    /** Where the request or its head is, from {@link #offset} on; empty when neither is kept. */
    public byte[] bytes() {
        return bytes;
    }

    public int offset() {
        return offset;
    }

    public int length() {
        return length;
    }

    public byte[] reason() {
        return reason;
    }

    public int reasonOffset() {
        return reasonOffset;
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

    /** True when a provisional response above 100 of the living attempt has gone upstream. */
    public boolean isRinging() {
        return ringing;
    }

    /** From now on the client needs no 100 either. */
    public void setRinging() {
        ringing = true;
        tryingSent = true;
    }

    /** True when the client sent CANCEL. */
    public boolean isCancelled() {
        return clientCancelled;
    }

    public void setCancelled() {
        clientCancelled = true;
    }

    /** True when the client was sent 100, or more. */
    public boolean isTryingSent() {
        return tryingSent;
    }

    public void setTryingSent() {
        tryingSent = true;
    }
}
