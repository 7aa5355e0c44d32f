package org.strowger.sip.cookie;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.strowger.sip.IpPort;
import org.strowger.threading.RunsOn;

/**
 * Writes and reads cookies. One per event loop: it has scratch space and allocates nothing.
 *
 * <p>The binary form, before base64url without padding:
 *
 * <pre>
 * byte 0    version (upper 4 bits), kind (2 bits), address form (2 bits: IPv4, IPv6, flow)
 * byte 1    key id
 * byte 2    listener
 * byte 3    flags (towards client, begun by client, behind NAT, port loop) and attempt (lower 4 bits)
 * then      6 bytes IPv4 address and port, or 18 bytes IPv6, or 8 bytes flow
 * then      VIA: backend (4), transaction hash (8), loop hash (4), with flag port loop the event loop (1)
 *           RECORD_ROUTE: backend (6), hash of the From tag (4)
 *           PATH: backend (6)
 * last 8    SipHash-2-4 of all before
 * </pre>
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class CookieCodec {
    /** The longest text that {@link #write} makes: a Via's with an IPv6 address. */
    public static final int MAX_TEXT = 63;

    /** What {@link #writeSticky} makes. */
    public static final int MAX_STICKY_TEXT = 22;

    private static final int VERSION = 1;
    private static final int MAC_BYTES = 8;
    private static final int HEADER_BYTES = 4;
    private static final int FORM_IPV4 = 0;
    private static final int FORM_IPV6 = 1;
    private static final int FORM_FLOW = 2;
    private static final int[] FORM_BYTES = {6, 18, 8, 0};
    private static final int[] BODY_BYTES = {16, 10, 6, 0};
    private static final int FLAG_TOWARDS_CLIENT = 0x80;
    private static final int FLAG_BEGUN_BY_CLIENT = 0x40;
    private static final int FLAG_BEHIND_NAT = 0x20;
    private static final int FLAG_PORT_LOOP = 0x10;
    private static final Cookie.Kind[] KINDS = Cookie.Kind.values();
    /** The kind of a cookie of HTTP: 1 byte version and kind, key id, backend (6), signature. */
    private static final int STICKY = VERSION << 4 | 3 << 2;

    private static final int STICKY_BYTES = 8;

    private ClusterKey current;
    private @Nullable ClusterKey previous;
    private @Nullable ClusterKey next;
    /** Signs the cookies of Via: the key before the last change while requests that it signed may be repeated. */
    private ClusterKey repeating;

    private int changes;
    private final byte[] scratch = new byte[64];

    public CookieCodec(ClusterKey current, Optional<ClusterKey> previous) {
        this.current = current;
        this.previous = previous.orElse(null);
        this.repeating = current;
    }

    /**
     * Accepts {@code coming} from now on, too: the first half of a change of keys, done on all event loops before the first
     * of them signs with it.
     */
    public void alsoAccept(ClusterKey coming) {
        next = coming;
    }

    /**
     * Signs with {@code nowCurrent} and accepts both: the second half of a change of keys. Only the cookies of Via are signed with
     * the former key, if that is still accepted, until {@link #settle}: a request that is repeated, its CANCEL and its ACK get the
     * branch that it had (RFC 3261 section 16.11).
     *
     * @return the number of this change, for {@link #settle}
     */
    public int use(ClusterKey nowCurrent, Optional<ClusterKey> nowPrevious) {
        if (!nowCurrent.isSame(current)) {
            changes++;
        }
        if (!repeating.isSame(nowCurrent) && !(nowPrevious.isPresent() && repeating.isSame(nowPrevious.get()))) {
            repeating = nowCurrent;
        }
        current = nowCurrent;
        previous = nowPrevious.orElse(null);
        next = null;
        return changes;
    }

    /** Nothing that was sent before that change of keys is repeated any more. Does nothing when another change came after it. */
    public void settle(int change) {
        if (change == changes) {
            repeating = current;
        }
    }

    /** Writes the text form at {@code out[at]}, which has room for {@link #MAX_TEXT}. Returns the index after it. */
    public int write(Cookie cookie, byte[] out, int at) {
        byte[] b = scratch;
        int form = cookie.hasFlow() ? FORM_FLOW : cookie.address().isIpv4() ? FORM_IPV4 : FORM_IPV6;
        int kind = cookie.kind().ordinal();
        b[0] = (byte) (VERSION << 4 | kind << 2 | form);
        ClusterKey key = cookie.kind() == Cookie.Kind.VIA ? repeating : current;
        b[1] = (byte) key.id();
        b[2] = (byte) cookie.listener();
        b[3] = (byte) ((cookie.isTowardsClient() ? FLAG_TOWARDS_CLIENT : 0)
                | (cookie.isBegunByClient() ? FLAG_BEGUN_BY_CLIENT : 0)
                | (cookie.isBehindNat() ? FLAG_BEHIND_NAT : 0)
                | (hasPortLoop(cookie) ? FLAG_PORT_LOOP : 0)
                | cookie.attempt());
        int end = writeClient(cookie, form, HEADER_BYTES);
        switch (cookie.kind()) {
            case VIA -> {
                end = put(cookie.backend(), 4, end);
                end = put(cookie.transactionHash(), 8, end);
                end = put(cookie.loopHash(), 4, end);
                end = hasPortLoop(cookie) ? put(cookie.portLoop(), 1, end) : end;
            }
            case RECORD_ROUTE -> {
                end = put(cookie.backend(), 6, end);
                end = put(cookie.fromTagHash(), 4, end);
            }
            case PATH -> end = put(cookie.backend(), 6, end);
        }
        end = put(key.signature().hash(b, 0, end), MAC_BYTES, end);
        return Base64Url.encode(b, end, out, at);
    }

    /** Reads the text in {@code [from, to)}. {@code out} is meaningful only when the verdict is valid. */
    public CookieVerdict read(byte[] text, int from, int to, Cookie out) {
        int length = Base64Url.decode(text, from, to, scratch);
        if (length < HEADER_BYTES + MAC_BYTES) {
            return CookieVerdict.MALFORMED;
        }
        byte[] b = scratch;
        int kind = b[0] >> 2 & 3;
        int form = b[0] & 3;
        if (b[0] >> 4 != VERSION || kind >= KINDS.length || form > FORM_FLOW) {
            return CookieVerdict.WRONG_VERSION;
        }
        int signed = HEADER_BYTES + FORM_BYTES[form] + BODY_BYTES[kind] + ((b[3] & FLAG_PORT_LOOP) != 0 ? 1 : 0);
        if (length != signed + MAC_BYTES) {
            return CookieVerdict.MALFORMED;
        }
        CookieVerdict verdict = verdict(b[1] & 0xFF, signed, get(signed, MAC_BYTES));
        if (verdict == CookieVerdict.OK || verdict == CookieVerdict.OK_PREVIOUS_KEY) {
            readFields(out, KINDS[kind], form);
        }
        return verdict;
    }

    /** Two keys may share an id: the signature decides, compared as one number and so in constant time. */
    private CookieVerdict verdict(int keyId, int signed, long mac) {
        byte[] b = scratch;
        ClusterKey old = previous;
        ClusterKey coming = next;
        if (keyId == current.id() && current.signature().hash(b, 0, signed) == mac) {
            return CookieVerdict.OK;
        }
        if (old != null && keyId == old.id() && old.signature().hash(b, 0, signed) == mac) {
            return CookieVerdict.OK_PREVIOUS_KEY;
        }
        if (coming != null && keyId == coming.id() && coming.signature().hash(b, 0, signed) == mac) {
            return CookieVerdict.OK;
        }
        boolean known = keyId == current.id() || (old != null && keyId == old.id());
        return known ? CookieVerdict.BAD_MAC : CookieVerdict.UNKNOWN_KEY;
    }

    /** Writes the text of an HTTP cookie at {@code out[at]}, which has room for it. Returns the index after it. */
    public int writeSticky(StickyValue value, byte[] out, int at) {
        scratch[0] = STICKY;
        scratch[1] = (byte) current.id();
        put(value.backend(), 6, 2);
        put(current.signature().hash(scratch, 0, STICKY_BYTES), MAC_BYTES, STICKY_BYTES);
        return Base64Url.encode(scratch, STICKY_BYTES + MAC_BYTES, out, at);
    }

    /** Reads the text of an HTTP cookie in {@code [from, to)}. {@code out} is meaningful only when the verdict is valid. */
    public CookieVerdict readSticky(byte[] text, int from, int to, StickyValue out) {
        if (Base64Url.decode(text, from, to, scratch) != STICKY_BYTES + MAC_BYTES) {
            return CookieVerdict.MALFORMED;
        }
        if (scratch[0] != STICKY) {
            return CookieVerdict.WRONG_VERSION;
        }
        CookieVerdict verdict = verdict(scratch[1] & 0xFF, STICKY_BYTES, get(STICKY_BYTES, MAC_BYTES));
        out.set(get(2, 6));
        return verdict;
    }

    private static boolean hasPortLoop(Cookie cookie) {
        return cookie.kind() == Cookie.Kind.VIA && cookie.portLoop() >= 0;
    }

    private int writeClient(Cookie cookie, int form, int at) {
        IpPort address = cookie.address();
        return switch (form) {
            case FORM_FLOW -> put(cookie.flow(), 8, at);
            case FORM_IPV4 -> put(address.port(), 2, put(address.ipv4(), 4, at));
            default -> put(address.port(), 2, put(address.low(), 8, put(address.high(), 8, at)));
        };
    }

    private void readFields(Cookie out, Cookie.Kind kind, int form) {
        out.clear(kind);
        out.setListener(scratch[2]);
        int flags = scratch[3];
        out.setTowardsClient((flags & FLAG_TOWARDS_CLIENT) != 0);
        out.setBegunByClient((flags & FLAG_BEGUN_BY_CLIENT) != 0);
        out.setBehindNat((flags & FLAG_BEHIND_NAT) != 0);
        out.setAttempt(flags);
        int at = HEADER_BYTES;
        switch (form) {
            case FORM_FLOW -> out.setFlow(get(at, 8));
            case FORM_IPV4 -> out.address().setIpv4((int) get(at, 4), (int) get(at + 4, 2));
            default -> out.address().setIpv6(get(at, 8), get(at + 8, 8), (int) get(at + 16, 2));
        }
        at += FORM_BYTES[form];
        switch (kind) {
            case VIA -> {
                out.setBackend(get(at, 4));
                out.setTransactionHash(get(at + 4, 8));
                out.setLoopHash((int) get(at + 12, 4));
                out.setPortLoop((flags & FLAG_PORT_LOOP) != 0 ? (int) get(at + 16, 1) : -1);
            }
            case RECORD_ROUTE -> {
                out.setBackend(get(at, 6));
                out.setFromTagHash((int) get(at + 6, 4));
            }
            case PATH -> out.setBackend(get(at, 6));
        }
    }

    private int put(long value, int bytes, int at) {
        for (int i = 0; i < bytes; i++) {
            scratch[at + i] = (byte) (value >>> (8 * (bytes - 1 - i)));
        }
        return at + bytes;
    }

    private long get(int at, int bytes) {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value = value << 8 | (scratch[at + i] & 0xFF);
        }
        return value;
    }
}
