package org.strowger.sip.cookie;

import org.strowger.sip.IpPort;
import org.strowger.threading.RunsOn;

/**
 * What one of our cookies says: a routing decision that has to outlive the packet it was made for. Reused; one object
 * for all kinds, each of which uses the fields that {@link CookieCodec} names.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class Cookie {

    /** Where in a message a cookie stands, and so what it is for. */
    public enum Kind {
        /** The branch of our Via: how the response goes back. */
        VIA,
        /** The user part of our Record-Route: the dialog's backend and its client. */
        RECORD_ROUTE,
        /** The user part of our Path: the client that registered. */
        PATH
    }

    private final IpPort address = new IpPort();
    private Kind kind = Kind.VIA;
    private int listener;
    private long flow;
    private long backend;
    private long transactionHash;
    private int loopHash;
    private int fromTagHash;
    private int attempt;
    private int portLoop = -1;
    private boolean towardsClient;
    private boolean begunByClient;
    private boolean behindNat;

    /** Empties all fields. */
    public void clear(Kind newKind) {
        kind = newKind;
        listener = 0;
        flow = 0;
        backend = 0;
        transactionHash = 0;
        loopHash = 0;
        fromTagHash = 0;
        attempt = 0;
        portLoop = -1;
        towardsClient = false;
        begunByClient = false;
        behindNat = false;
        address.setIpv4(0, 0);
    }

    public void set(Cookie other) {
        kind = other.kind;
        listener = other.listener;
        flow = other.flow;
        backend = other.backend;
        transactionHash = other.transactionHash;
        loopHash = other.loopHash;
        fromTagHash = other.fromTagHash;
        attempt = other.attempt;
        portLoop = other.portLoop;
        towardsClient = other.towardsClient;
        begunByClient = other.begunByClient;
        behindNat = other.behindNat;
        address.set(other.address);
    }

    public Kind kind() {
        return kind;
    }

    /** The number of the listener on the client's side, 0..255. */
    public int listener() {
        return listener;
    }

    public void setListener(int number) {
        listener = number & 0xFF;
    }

    /** True when the client is on a connection. */
    public boolean hasFlow() {
        return flow != 0;
    }

    /** The client's connection, or 0 when {@link #address()} says where it is. */
    public long flow() {
        return flow;
    }

    public void setFlow(long id) {
        flow = id;
    }

    /** The client's address; not meaningful with a flow. */
    public IpPort address() {
        return address;
    }

    public void setAddress(IpPort client) {
        flow = 0;
        address.set(client);
    }

    /** The backend's identity: 48 bits, 0 for none; in a Via only the lower 32 bits travel. */
    public long backend() {
        return backend;
    }

    public void setBackend(long identity) {
        backend = identity;
    }

    /** VIA: the repeatable function of the request that makes its branch. */
    public long transactionHash() {
        return transactionHash;
    }

    public void setTransactionHash(long hash) {
        transactionHash = hash;
    }

    /** VIA: what a loop would leave unchanged. */
    public int loopHash() {
        return loopHash;
    }

    public void setLoopHash(int hash) {
        loopHash = hash;
    }

    /** RECORD_ROUTE: of the From tag of the request that made the dialog. */
    public int fromTagHash() {
        return fromTagHash;
    }

    public void setFromTagHash(int hash) {
        fromTagHash = hash;
    }

    /** VIA: 0 for the first backend tried, up to 15. */
    public int attempt() {
        return attempt;
    }

    public void setAttempt(int number) {
        attempt = number & 0xF;
    }

    /**
     * VIA without a flow: the event loop whose own port the request was sent to, so that the response can leave by it (RFC
     * 3581 section 4); -1 when it came to a port that all loops share.
     */
    public int portLoop() {
        return portLoop;
    }

    /** -1..255. */
    public void setPortLoop(int loop) {
        portLoop = loop;
    }

    /** VIA: the request went to the client side, so its response goes to the backend side. */
    public boolean isTowardsClient() {
        return towardsClient;
    }

    public void setTowardsClient(boolean is) {
        towardsClient = is;
    }

    /** RECORD_ROUTE: the dialog was begun on the client side. */
    public boolean isBegunByClient() {
        return begunByClient;
    }

    public void setBegunByClient(boolean is) {
        begunByClient = is;
    }

    /** RECORD_ROUTE, PATH: only the client's source address reaches it; what its Contact says does not. */
    public boolean isBehindNat() {
        return behindNat;
    }

    public void setBehindNat(boolean is) {
        behindNat = is;
    }
}
