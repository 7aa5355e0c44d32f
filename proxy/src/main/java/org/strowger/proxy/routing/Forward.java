package org.strowger.proxy.routing;

import org.jspecify.annotations.Nullable;
import org.strowger.sip.IpPort;
import org.strowger.threading.RunsOn;

/**
 * The decision to send a message on: where to, and what to change in it besides our own Via.
 *
 * <p>The hop is a backend ({@link #target()}), or the client side: a connection ({@link #flow()}) or an address
 * reached from a listener's socket.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class Forward implements Decision {
    static final int MAX_POPPED = 8;

    private final IpPort address = new IpPort();
    // One more than may be ours: a strict router's own value goes, too.
    private final int[] popFrom = new int[MAX_POPPED + 1];
    private final int[] popTo = new int[MAX_POPPED + 1];
    private Target target = Target.NONE;
    private int listener;
    private long flow;
    private int portLoop = -1;
    private int popped;
    private int restoredUriStart = -1;
    private int restoredUriEnd = -1;
    private boolean uriAppended;
    private boolean secure;
    private boolean clientBehindNat;
    private boolean recordRoute;
    private boolean path;
    private boolean outbound;
    private long transactionHash;
    private int loopHash;
    private Target dialogBackend = Target.NONE;
    private boolean begunByClient = true;
    private boolean busyBecomesFailure;
    private boolean byName;
    private @Nullable Pool pool;
    private long callIdHash;
    private int attempt;
    private boolean following;
    private boolean towardsClient;

    Forward clear() {
        target = Target.NONE;
        listener = RoutingSnapshot.BACKEND_SIDE;
        flow = 0;
        portLoop = -1;
        popped = 0;
        restoredUriStart = -1;
        restoredUriEnd = -1;
        uriAppended = false;
        secure = false;
        clientBehindNat = false;
        recordRoute = false;
        path = false;
        outbound = false;
        transactionHash = 0;
        loopHash = 0;
        dialogBackend = Target.NONE;
        begunByClient = true;
        busyBecomesFailure = false;
        byName = false;
        pool = null;
        callIdHash = 0;
        attempt = 0;
        following = false;
        towardsClient = false;
        return this;
    }

    void toTarget(Target backend) {
        target = backend;
    }

    /** Chosen from a pool. */
    void toMember(Target backend, Pool from, long callId) {
        target = backend;
        pool = from;
        callIdHash = callId;
    }

    /** Belongs to a request that is in flight already. */
    void follow(Target backend, int attemptNumber) {
        target = backend;
        attempt = attemptNumber;
        following = true;
    }

    /** Which try this is: 0 for the first backend. */
    void setAttempt(int number) {
        attempt = number;
    }

    /** Of a response: what the cookie in our Via says of its request. */
    void answers(long transaction, int attemptNumber, boolean wentToClient) {
        transactionHash = transaction;
        attempt = attemptNumber;
        towardsClient = wentToClient;
    }

    void toFlow(int listenerNumber, long flowId) {
        listener = listenerNumber;
        flow = flowId;
    }

    /** By the backends' socket of that loop, unless it is -1. */
    void byPortOf(int loop) {
        portLoop = loop;
    }

    void toAddress(int listenerNumber, IpPort to) {
        listener = listenerNumber;
        address.set(to);
    }

    /** To an address that Route or Request-URI names, not a cookie. */
    void toNamed(int listenerNumber, IpPort to) {
        toAddress(listenerNumber, to);
        byName = true;
    }

    /** Marks {@code [from, to)} of the message for removal. False when there are too many. */
    boolean pop(int from, int to) {
        if (popped == MAX_POPPED) {
            return false;
        }
        popFrom[popped] = from;
        popTo[popped++] = to;
        return true;
    }

    void restoreUri(int from, int to) {
        restoredUriStart = from;
        restoredUriEnd = to;
    }

    /** Marks the first Route value that is not ours for removal; {@code wholeLine}: together with ours before it. */
    void popNext(int from, int to, boolean wholeLine) {
        if (wholeLine && popped > 0 && popFrom[popped - 1] > from) {
            popped--;
        }
        popFrom[popped] = from;
        popTo[popped++] = to;
    }

    /** Takes the first piece off the list: the last Route value, which is to stay. */
    void keepLastRoute() {
        popped--;
        System.arraycopy(popFrom, 1, popFrom, 0, popped);
        System.arraycopy(popTo, 1, popTo, 0, popped);
    }

    void appendUri() {
        uriAppended = true;
    }

    void secure(boolean isSecure) {
        secure = isSecure;
    }

    void hashes(long transaction, int loop) {
        transactionHash = transaction;
        loopHash = loop;
    }

    void recordRoute(Target backend, boolean clientBegan) {
        recordRoute = true;
        dialogBackend = backend;
        begunByClient = clientBegan;
    }

    /** Record-Route towards a client, of whom a cookie says whether it is behind NAT. */
    void recordRouteToClient(Target backend, boolean behindNat) {
        recordRoute(backend, false);
        clientBehindNat = behindNat;
    }

    /** @param isOutbound true when the client keeps its flow alive, and we are its first hop (RFC 5626 section 5.1) */
    void path(Target registrar, boolean isOutbound) {
        path = true;
        outbound = isOutbound;
        dialogBackend = registrar;
        begunByClient = true;
    }

    void busyBecomesFailure() {
        busyBecomesFailure = true;
    }

    /** The backend to send to, or {@link Target#NONE} when the hop is on the client side. */
    public Target target() {
        return target;
    }

    /** With {@link RoutingSnapshot#BACKEND_SIDE}: the event loop whose socket sends, or -1 for that of this loop. */
    public int portLoop() {
        return portLoop;
    }

    /** On the client side: the listener whose socket sends, or {@link RoutingSnapshot#BACKEND_SIDE}. */
    public int listener() {
        return listener;
    }

    /** On the client side: the connection, or 0 when {@link #address()} holds the hop. */
    public long flow() {
        return flow;
    }

    public IpPort address() {
        return address;
    }

    /** True when Route or Request-URI names the hop, on behalf of a backend. */
    public boolean isByName() {
        return byName;
    }

    /** The number of Route (in a response: Via) pieces to remove. */
    public int popped() {
        return popped;
    }

    public int popFrom(int index) {
        return popFrom[index];
    }

    public int popTo(int index) {
        return popTo[index];
    }

    /**
     * Where the URI stands that becomes the Request-URI, or -1: the last Route's after a strict router (RFC 3261 section
     * 16.4), the first Route's before one (section 16.6 step 6).
     */
    public int restoredUriStart() {
        return restoredUriStart;
    }

    public int restoredUriEnd() {
        return restoredUriEnd;
    }

    /** Before a strict router: true when the Request-URI becomes the last Route (RFC 3261 section 16.6 step 6). */
    public boolean isUriAppended() {
        return uriAppended;
    }

    /** True when Request-URI or top Route is a sips URI, so that our Record-Route must be one (section 16.6 step 4). */
    public boolean isSecure() {
        return secure;
    }

    /** True when Record-Route is due. */
    public boolean isRecordRoute() {
        return recordRoute;
    }

    /** True when Path is due. */
    public boolean isPath() {
        return path;
    }

    /** True when the Path is to say that we keep the client's flow, by {@code ob}. */
    public boolean isOutbound() {
        return outbound;
    }

    /** The same for a request, its retransmissions, its CANCEL and the ACK of its failure. */
    public long transactionHash() {
        return transactionHash;
    }

    /** What a loop would not change (RFC 3261 section 16.6 step 8). */
    public int loopHash() {
        return loopHash;
    }

    /** The backend that takes part in the new dialog; {@link Target#NONE} when unknown. */
    public Target dialogBackend() {
        return dialogBackend;
    }

    /** True when the client, to whom this goes, is known to be behind NAT. */
    public boolean isClientBehindNat() {
        return clientBehindNat;
    }

    /** True when the new dialog was begun on the client side. */
    public boolean begunByClient() {
        return begunByClient;
    }

    /** The pool that a new request's backend was chosen from; else null. */
    public @Nullable Pool pool() {
        return pool;
    }

    /** The hash of the Call-ID, when there is a {@link #pool()}. */
    public long callIdHash() {
        return callIdHash;
    }

    /** The number of the try that this request is, or that this response answers. */
    public int attempt() {
        return attempt;
    }

    /** True when this is a repetition, CANCEL or ACK of a request in flight. */
    public boolean isFollowing() {
        return following;
    }

    /** Of a response: true when its request went to the client side. */
    public boolean isTowardsClient() {
        return towardsClient;
    }

    /** True when a 503 must go on as 500 (RFC 3261 section 16.7), or clients would give the whole front door up. */
    public boolean isBusyBecomesFailure() {
        return busyBecomesFailure;
    }
}
