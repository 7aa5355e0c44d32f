package org.strowger.sip.cookie;

import org.strowger.sip.IpPort;
import org.strowger.threading.RunsOn;

/**
 * A routing decision as it travels inside a message; what {@link CookieCodec} signs and reads. Mutable and reused: one
 * per event loop, valid until the next {@link #reset} or read. Whoever keeps a part copies it.
 *
 * <p>All kinds name the listener and the <i>peer</i>: the address (datagrams) or the flow (connections) to which the
 * message that comes back with the cookie has to go. In a Via that is where the request came from, so it is the backend's
 * address or flow when the request went towards the client. Besides:
 *
 * <table>
 * <caption>What each kind carries</caption>
 * <tr><th>part</th><th>bits</th><th>VIA</th><th>RECORD_ROUTE</th><th>PATH</th></tr>
 * <tr><td>listener</td><td>8</td><td>yes</td><td>yes</td><td>yes</td></tr>
 * <tr><td>peer</td><td>48 IPv4, 144 IPv6, 64 flow</td><td>yes</td><td>yes</td><td>yes</td></tr>
 * <tr><td>backend</td><td>48</td><td>lower 32</td><td>yes</td><td>yes</td></tr>
 * <tr><td>side</td><td>1</td><td>that the request went to</td><td>that began the dialog</td><td>no</td></tr>
 * <tr><td>egress listener</td><td>8</td><td>yes</td><td>no</td><td>no</td></tr>
 * <tr><td>attempt</td><td>4</td><td>yes</td><td>no</td><td>no</td></tr>
 * <tr><td>loop hash</td><td>28</td><td>yes</td><td>no</td><td>no</td></tr>
 * <tr><td>transaction</td><td>64</td><td>yes</td><td>no</td><td>no</td></tr>
 * <tr><td>From tag hash</td><td>32</td><td>no</td><td>yes</td><td>no</td></tr>
 * </table>
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class Cookie {
    /** The highest listener number. */
    public static final int MAX_LISTENER = 255;
    /** The highest attempt number. */
    public static final int MAX_ATTEMPT = 15;
    /** The bits of a loop hash that are carried. */
    public static final int LOOP_HASH_MASK = 0x0FFF_FFFF;
    /** The bits of a backend hash that are carried; a Via carries the lower 32 of them. */
    public static final long BACKEND_MASK = 0xFFFF_FFFF_FFFFL;

    /** The place of a cookie in the message, which decides who brings it back. */
    public enum Kind {
        /** The branch of our Via: comes back in responses. */
        VIA,
        /** The user part of our Record-Route URI: comes back in the requests of the dialog. */
        RECORD_ROUTE,
        /** The user part of our Path URI: comes back in requests towards a registered client. */
        PATH
    }

    /** How the peer is named. */
    enum PeerForm {
        IPV4(6),
        IPV6(18),
        FLOW(8);

        final int bytes;

        PeerForm(int bytes) {
            this.bytes = bytes;
        }
    }

    private Kind kind = Kind.VIA;
    private Side side = Side.BACKEND;
    private boolean peerIsFlow;
    private final IpPort peerAddress = new IpPort();
    private long peerFlow;
    private int listener;
    private int egressListener;
    private long backend;
    private int attempt;
    private int loopHash;
    private long transaction;
    private int fromTagHash;

    /** Makes this an empty cookie of a kind, for a request from a client or a dialog begun by one. */
    public Cookie reset(Kind kind) {
        this.kind = kind;
        side = kind == Kind.RECORD_ROUTE ? Side.CLIENT : Side.BACKEND;
        peerIsFlow = false;
        peerAddress.setIpv4(0, 0);
        peerFlow = 0;
        listener = 0;
        egressListener = 0;
        backend = BackendIdentity.NONE;
        attempt = 0;
        loopHash = 0;
        transaction = 0;
        fromTagHash = 0;
        return this;
    }

    public Kind kind() {
        return kind;
    }

    /** The number of the listener on which the peer is reached; the snapshot says which it is. */
    public int listener() {
        return listener;
    }

    public Cookie setListener(int listener) {
        this.listener = checkRange("listener", listener, MAX_LISTENER);
        return this;
    }

    /** True when the peer is on a connection and {@link #peerFlow()} names it; else {@link #peerAddress()} does. */
    public boolean peerIsFlow() {
        return peerIsFlow;
    }

    /** The id of the peer's connection; 0 unless {@link #peerIsFlow()}. */
    public long peerFlow() {
        return peerFlow;
    }

    public Cookie setPeerFlow(long flow) {
        peerIsFlow = true;
        peerFlow = flow;
        peerAddress.setIpv4(0, 0);
        return this;
    }

    /** The peer's address; 0.0.0.0:0 if {@link #peerIsFlow()}. Of this cookie: copy to keep. */
    public IpPort peerAddress() {
        return peerAddress;
    }

    public Cookie setPeerAddress(IpPort address) {
        peerIsFlow = false;
        peerFlow = 0;
        peerAddress.set(address);
        return this;
    }

    void setPeerIpv4(int address, int port) {
        peerIsFlow = false;
        peerFlow = 0;
        peerAddress.setIpv4(address, port);
    }

    void setPeerIpv6(long high, long low, int port) {
        peerIsFlow = false;
        peerFlow = 0;
        peerAddress.setIpv6(high, low, port);
    }

    /** The {@link BackendIdentity#hash}, or its {@link BackendIdentity#inVia} part from a Via; 0 when there is none. */
    public long backend() {
        return backend;
    }

    public Cookie setBackend(long hash) {
        backend = hash & BACKEND_MASK;
        return this;
    }

    /** Via: the side that the request went to. Record-Route: the side that began the dialog. */
    public Side side() {
        return side;
    }

    public Cookie setSide(Side side) {
        this.side = side;
        return this;
    }

    /** Via: true when the request went from a backend to a client, so that its response goes to the backend. */
    public boolean towardsClient() {
        return side == Side.CLIENT;
    }

    /** Via: the number of the listener from which the request was sent. */
    public int egressListener() {
        return egressListener;
    }

    public Cookie setEgressListener(int listener) {
        egressListener = checkRange("egress listener", listener, MAX_LISTENER);
        return this;
    }

    /** Via: 0 for the first backend that a request was sent to, 1 for the next. */
    public int attempt() {
        return attempt;
    }

    public Cookie setAttempt(int attempt) {
        this.attempt = checkRange("attempt", attempt, MAX_ATTEMPT);
        return this;
    }

    /** Via: a hash of what decides the route, by which a loop is told from a spiral (RFC 3261 section 16.6 item 8). */
    public int loopHash() {
        return loopHash;
    }

    /** Keeps the {@link #LOOP_HASH_MASK} bits of a hash. */
    public Cookie setLoopHash(int hash) {
        loopHash = hash & LOOP_HASH_MASK;
        return this;
    }

    /** Via: the hash that names the transaction of the request that came in. */
    public long transaction() {
        return transaction;
    }

    public Cookie setTransaction(long hash) {
        transaction = hash;
        return this;
    }

    /** Record-Route: a hash of the From tag of the request that made the dialog. */
    public int fromTagHash() {
        return fromTagHash;
    }

    public Cookie setFromTagHash(int hash) {
        fromTagHash = hash;
        return this;
    }

    PeerForm peerForm() {
        if (peerIsFlow) {
            return PeerForm.FLOW;
        }
        return peerAddress.isIpv4() ? PeerForm.IPV4 : PeerForm.IPV6;
    }

    /** For logs and explanations: the parts that this kind carries. */
    @Override
    public String toString() {
        StringBuilder text =
                new StringBuilder(160).append(kind).append("[listener=").append(listener);
        if (peerIsFlow) {
            text.append(" flow=").append(Long.toHexString(peerFlow));
        } else {
            text.append(" address=").append(peerAddress);
        }
        text.append(" backend=").append(Long.toHexString(backend));
        if (kind == Kind.VIA) {
            text.append(" towards=").append(side);
            text.append(" egress=").append(egressListener).append(" attempt=").append(attempt);
            text.append(" loop=").append(Integer.toHexString(loopHash));
            text.append(" transaction=").append(Long.toHexString(transaction));
        } else if (kind == Kind.RECORD_ROUTE) {
            text.append(" begun-by=").append(side);
            text.append(" from-tag=").append(Integer.toHexString(fromTagHash));
        }
        return text.append(']').toString();
    }

    private static int checkRange(String name, int value, int max) {
        if (value < 0 || value > max) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: 0.." + max + ")");
        }
        return value;
    }
}
