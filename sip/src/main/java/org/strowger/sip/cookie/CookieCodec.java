package org.strowger.sip.cookie;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Optional;
import org.strowger.sip.IpPort;
import org.strowger.sip.cookie.Cookie.Kind;
import org.strowger.sip.cookie.Cookie.PeerForm;
import org.strowger.threading.RunsOn;

/**
 * Writes and reads cookies as signed base64url text. Without allocation; not thread safe (it has scratch space): one per
 * event loop.
 *
 * <p>The bytes, all numbers big-endian:
 *
 * <pre>
 * 0     version (3 bits), kind (2), form of the peer (2), side (1)
 * 1     key id
 * 2     listener
 * 3     peer: IPv4 address and port (6), IPv6 address and port (18), or flow (8)
 * then  VIA:          egress listener (1), backend (4), attempt and loop hash (4), transaction (8)
 *       RECORD_ROUTE: backend (6), From tag hash (4)
 *       PATH:         backend (6)
 * last  MAC (8): SipHash-2-4 under the key's signing part over everything before it
 * </pre>
 *
 * The MAC covers the kind and the form, hence also the length: a cookie of one kind cannot stand in for another. At most
 * 36 bytes, 48 letters, but for IPv6, where it is {@value #MAX_TEXT} letters.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class CookieCodec {
    /** The longest text of a cookie: a Via with an IPv6 peer. */
    public static final int MAX_TEXT = 62;
    /** The longest text of a cookie whose peer is an IPv4 address or a flow. */
    public static final int MAX_TEXT_IPV4 = 48;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN)
            .withInvokeExactBehavior();
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN)
            .withInvokeExactBehavior();
    private static final VarHandle SHORTS = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN)
            .withInvokeExactBehavior();

    private static final int VERSION = 1;
    private static final int HEADER = 3;
    private static final int MAC = 8;
    private static final int MIN_TEXT = Base64Url.textLength(HEADER + MAC);
    private static final Kind[] KINDS = Kind.values();
    private static final PeerForm[] FORMS = PeerForm.values();
    private static final Side[] SIDES = Side.values();
    /** The bytes after the peer and before the MAC, by kind. */
    private static final int[] PARTS = {17, 10, 6};

    private final ClusterKey current;
    private final ClusterKey previous;
    private final byte[] raw = new byte[MAX_TEXT];

    /** Signs with {@code current}; accepts what {@code previous} signed as well. */
    public CookieCodec(ClusterKey current, Optional<ClusterKey> previous) {
        this.current = current;
        this.previous = previous.orElse(current);
    }

    /** Writes the text of a cookie, at most {@link #MAX_TEXT} bytes. Returns the index after the last one. */
    public int write(Cookie cookie, byte[] out, int at) {
        byte[] b = raw;
        Kind kind = cookie.kind();
        PeerForm form = cookie.peerForm();
        b[0] = (byte) (VERSION << 5
                | kind.ordinal() << 3
                | form.ordinal() << 1
                | cookie.side().ordinal());
        b[1] = (byte) current.id();
        b[2] = (byte) cookie.listener();
        putPeer(cookie, form, b);
        int next = HEADER + form.bytes;
        if (kind == Kind.VIA) {
            b[next] = (byte) cookie.egressListener();
            INTS.set(b, next + 1, (int) cookie.backend());
            INTS.set(b, next + 5, cookie.attempt() << 28 | cookie.loopHash());
            LONGS.set(b, next + 9, cookie.transaction());
        } else {
            SHORTS.set(b, next, (short) (cookie.backend() >>> 32));
            INTS.set(b, next + 2, (int) cookie.backend());
            if (kind == Kind.RECORD_ROUTE) {
                INTS.set(b, next + 6, cookie.fromTagHash());
            }
        }
        next += PARTS[kind.ordinal()];
        LONGS.set(b, next, current.signing().hash(b, 0, next));
        return Base64Url.encode(b, next + MAC, out, at);
    }

    /** Reads the cookie that fills {@code [from, to)}. Unless the verdict is genuine, {@code out} stays as it was. */
    public CookieVerdict read(byte[] text, int from, int to, Cookie out) {
        if (to - from < MIN_TEXT || to - from > MAX_TEXT) {
            return CookieVerdict.MALFORMED;
        }
        byte[] b = raw;
        int length = Base64Url.decode(text, from, to, b);
        if (length < 0) {
            return CookieVerdict.MALFORMED;
        }
        if ((b[0] & 0xFF) >>> 5 != VERSION) {
            return CookieVerdict.WRONG_VERSION;
        }
        int kind = b[0] >>> 3 & 3;
        int form = b[0] >>> 1 & 3;
        if (kind >= KINDS.length || form >= FORMS.length || length != HEADER + FORMS[form].bytes + PARTS[kind] + MAC) {
            return CookieVerdict.MALFORMED;
        }
        CookieVerdict verdict = verify(b, length - MAC);
        if (verdict.isGenuine()) {
            take(b, KINDS[kind], FORMS[form], out);
        }
        return verdict;
    }

    /** Compares 64-bit words: no byte of a wrong MAC is told from another by time. */
    private CookieVerdict verify(byte[] b, int signed) {
        int id = b[1] & 0xFF;
        if (id != current.id() && id != previous.id()) {
            return CookieVerdict.UNKNOWN_KEY;
        }
        long mac = (long) LONGS.get(b, signed);
        if (id == current.id() && (mac ^ current.signing().hash(b, 0, signed)) == 0) {
            return CookieVerdict.OK;
        }
        if (id == previous.id() && (mac ^ previous.signing().hash(b, 0, signed)) == 0) {
            return CookieVerdict.OK_PREVIOUS_KEY;
        }
        return CookieVerdict.BAD_MAC;
    }

    private static void take(byte[] b, Kind kind, PeerForm form, Cookie out) {
        out.reset(kind).setListener(b[2] & 0xFF).setSide(SIDES[b[0] & 1]);
        takePeer(b, form, out);
        int next = HEADER + form.bytes;
        if (kind == Kind.VIA) {
            int attemptAndLoop = (int) INTS.get(b, next + 5);
            out.setEgressListener(b[next] & 0xFF)
                    .setBackend((int) INTS.get(b, next + 1) & 0xFFFF_FFFFL)
                    .setAttempt(attemptAndLoop >>> 28)
                    .setLoopHash(attemptAndLoop)
                    .setTransaction((long) LONGS.get(b, next + 9));
            return;
        }
        long upper = (short) SHORTS.get(b, next) & 0xFFFFL;
        out.setBackend(upper << 32 | ((int) INTS.get(b, next + 2) & 0xFFFF_FFFFL));
        if (kind == Kind.RECORD_ROUTE) {
            out.setFromTagHash((int) INTS.get(b, next + 6));
        }
    }

    private static void putPeer(Cookie cookie, PeerForm form, byte[] b) {
        IpPort address = cookie.peerAddress();
        switch (form) {
            case IPV4 -> {
                INTS.set(b, HEADER, address.ipv4());
                SHORTS.set(b, HEADER + 4, (short) address.port());
            }
            case IPV6 -> {
                LONGS.set(b, HEADER, address.high());
                LONGS.set(b, HEADER + 8, address.low());
                SHORTS.set(b, HEADER + 16, (short) address.port());
            }
            case FLOW -> LONGS.set(b, HEADER, cookie.peerFlow());
        }
    }

    private static void takePeer(byte[] b, PeerForm form, Cookie out) {
        switch (form) {
            case IPV4 -> out.setPeerIpv4((int) INTS.get(b, HEADER), (short) SHORTS.get(b, HEADER + 4) & 0xFFFF);
            case IPV6 ->
                out.setPeerIpv6(
                        (long) LONGS.get(b, HEADER),
                        (long) LONGS.get(b, HEADER + 8),
                        (short) SHORTS.get(b, HEADER + 16) & 0xFFFF);
            case FLOW -> out.setPeerFlow((long) LONGS.get(b, HEADER));
        }
    }
}
