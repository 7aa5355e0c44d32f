package org.strowger.sip.stun;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import org.strowger.sip.IpPort;
import org.strowger.threading.RunsOn;

/**
 * A STUN server for one method: Binding, which SIP clients use to keep a NAT binding open and to notice when it changes
 * (RFC 8489; RFC 5626 sections 5.4 and 8). Without credentials and without state; does not allocate; not thread safe.
 *
 * <p>Attributes of RFC 8489 itself are understood and need no action here. A response is at most {@link #MAX_RESPONSE}
 * bytes and at most 32 bytes longer than its request, so nobody gains by a forged source address.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class StunBinding {
    /** The longest response: 420 with all unknown attributes that are listed, and a fingerprint. */
    public static final int MAX_RESPONSE = 20 + 28 + 4 + 2 * StunBinding.MAX_UNKNOWN + 8;

    private static final int MAX_UNKNOWN = 16;

    private static final VarHandle SHORTS = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN)
            .withInvokeExactBehavior();
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN)
            .withInvokeExactBehavior();
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN)
            .withInvokeExactBehavior();

    private static final int HEADER = 20;
    private static final int MAGIC_COOKIE = 0x2112_A442;
    private static final int FINGERPRINT_XOR = 0x5354_554E;

    private static final int BINDING_REQUEST = 0x0001;
    private static final int BINDING_SUCCESS = 0x0101;
    private static final int BINDING_ERROR = 0x0111;

    private static final int ERROR_CODE = 0x0009;
    private static final int UNKNOWN_ATTRIBUTES = 0x000A;
    private static final int XOR_MAPPED_ADDRESS = 0x0020;
    private static final int FINGERPRINT = 0x8028;
    private static final int COMPREHENSION_OPTIONAL = 0x8000;

    private static final byte[] REASON = "Unknown Attribute   ".getBytes(StandardCharsets.US_ASCII);
    private static final int REASON_LENGTH = 17;

    private final CRC32 crc = new CRC32();
    private final short[] unknown = new short[MAX_UNKNOWN];
    private int unknownCount;
    private boolean fingerprinted;

    /** True when a datagram is STUN of any kind: the first two bits are 0, then the length and the magic cookie fit. */
    public static boolean isStun(byte[] b, int from, int to) {
        return to - from >= HEADER
                && (b[from] & 0xC0) == 0
                && (int) INTS.get(b, from + 4) == MAGIC_COOKIE
                && (b[from + 3] & 3) == 0
                && HEADER + uint16(b, from + 2) == to - from;
    }

    /**
     * Writes the answer to the datagram {@code [from, to)} that came from {@code source}, at most {@link #MAX_RESPONSE}
     * bytes. Returns the index after the last one, or {@code at} when none is owed: not a Binding request, or malformed.
     */
    public int answer(byte[] request, int from, int to, IpPort source, byte[] out, int at) {
        if (!isStun(request, from, to) || uint16(request, from) != BINDING_REQUEST || !attributes(request, from, to)) {
            return at;
        }
        // The magic cookie and the transaction id.
        System.arraycopy(request, from + 4, out, at + 4, 16);
        int next;
        if (unknownCount == 0) {
            SHORTS.set(out, at, (short) BINDING_SUCCESS);
            next = mappedAddress(source, out, at);
        } else {
            SHORTS.set(out, at, (short) BINDING_ERROR);
            next = unknownAttributes(out, at + HEADER);
        }
        if (fingerprinted) {
            SHORTS.set(out, at + 2, (short) (next - at - HEADER + 8));
            attribute(FINGERPRINT, 4, out, next);
            INTS.set(out, next + 4, fingerprint(out, at, next));
            next += 8;
        }
        SHORTS.set(out, at + 2, (short) (next - at - HEADER));
        return next;
    }

    /** Walks the attributes; false when they do not fill the message exactly or the fingerprint is wrong. */
    private boolean attributes(byte[] b, int from, int to) {
        unknownCount = 0;
        fingerprinted = false;
        int at = from + HEADER;
        while (at < to) {
            // Both lengths are multiples of 4, so that the attribute's header is there.
            int type = uint16(b, at);
            int length = uint16(b, at + 2);
            int next = at + 4 + (length + 3 & ~3);
            if (next > to) {
                return false;
            }
            if (type == FINGERPRINT) {
                // RFC 8489 section 14.7: the last attribute.
                fingerprinted = length == 4 && next == to && (int) INTS.get(b, at + 4) == fingerprint(b, from, at);
                return fingerprinted;
            }
            if (type < COMPREHENSION_OPTIONAL && !isUnderstood(type) && unknownCount < MAX_UNKNOWN) {
                unknown[unknownCount++] = (short) type;
            }
            at = next;
        }
        return true;
    }

    /** The comprehension-required attributes of RFC 8489 section 18.3. */
    private static boolean isUnderstood(int type) {
        return switch (type) {
            case 0x0001, 0x0006, 0x0008, ERROR_CODE, UNKNOWN_ATTRIBUTES -> true;
            case 0x0014, 0x0015, 0x001C, 0x001D, 0x001E, XOR_MAPPED_ADDRESS -> true;
            default -> false;
        };
    }

    /** RFC 8489 section 14.2: the port and address, XORed with the cookie and, for IPv6, the transaction id. */
    private static int mappedAddress(IpPort source, byte[] out, int at) {
        int next = at + HEADER;
        boolean ipv4 = source.isIpv4();
        attribute(XOR_MAPPED_ADDRESS, ipv4 ? 8 : 20, out, next);
        out[next + 4] = 0;
        out[next + 5] = (byte) (ipv4 ? 1 : 2);
        SHORTS.set(out, next + 6, (short) (source.port() ^ MAGIC_COOKIE >>> 16));
        if (ipv4) {
            INTS.set(out, next + 8, source.ipv4() ^ MAGIC_COOKIE);
            return next + 12;
        }
        LONGS.set(out, next + 8, source.high() ^ (long) LONGS.get(out, at + 4));
        LONGS.set(out, next + 16, source.low() ^ (long) LONGS.get(out, at + 12));
        return next + 24;
    }

    /** RFC 8489 sections 14.8 and 14.13. */
    private int unknownAttributes(byte[] out, int at) {
        attribute(ERROR_CODE, 4 + REASON_LENGTH, out, at);
        INTS.set(out, at + 4, 4 << 8 | 20);
        System.arraycopy(REASON, 0, out, at + 8, REASON.length);
        int next = at + 8 + REASON.length;
        attribute(UNKNOWN_ATTRIBUTES, 2 * unknownCount, out, next);
        next += 4;
        for (int i = 0; i < unknownCount; i++) {
            SHORTS.set(out, next, unknown[i]);
            next += 2;
        }
        if ((unknownCount & 1) != 0) {
            SHORTS.set(out, next, (short) 0);
            next += 2;
        }
        return next;
    }

    /** Over the message from its header, whose length already counts the fingerprint, to before the fingerprint. */
    private int fingerprint(byte[] b, int from, int to) {
        crc.reset();
        crc.update(b, from, to - from);
        return (int) crc.getValue() ^ FINGERPRINT_XOR;
    }

    private static void attribute(int type, int length, byte[] out, int at) {
        SHORTS.set(out, at, (short) type);
        SHORTS.set(out, at + 2, (short) length);
    }

    private static int uint16(byte[] b, int at) {
        return (short) SHORTS.get(b, at) & 0xFFFF;
    }
}
