package org.strowger.sip;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.strowger.threading.RunsOn;

/**
 * An IP address and port held in primitives, so that the data path can fill, compare and copy one without allocating.
 * Mutable: whoever keeps one beyond a call copies it.
 *
 * <p>An IPv4 address is kept as its IPv4-mapped IPv6 form ({@code ::ffff:a.b.c.d}), so equality does not depend on the
 * family of the socket that a datagram arrived on.
 */
@RunsOn(RunsOn.Runner.ANY)
public final class IpPort {
    private static final long MAPPED_PREFIX = 0xFFFF_0000_0000L;
    private static final long MAPPED_MASK = 0xFFFF_FFFF_0000_0000L;

    private long high;
    private long low = MAPPED_PREFIX;
    private int port;

    /** The IPv4 address as a big-endian int, and the port. */
    public void setIpv4(int address, int port) {
        this.high = 0;
        this.low = MAPPED_PREFIX | (address & 0xFFFF_FFFFL);
        this.port = port;
    }

    /** The two big-endian halves of an IPv6 address (an IPv4-mapped one is taken as IPv4), and the port. */
    public void setIpv6(long high, long low, int port) {
        this.high = high;
        this.low = low;
        this.port = port;
    }

    public void set(IpPort other) {
        this.high = other.high;
        this.low = other.low;
        this.port = other.port;
    }

    /** Takes over a resolved address. Allocates: not for the data path. */
    public IpPort set(InetSocketAddress address) {
        byte[] octets = address.getAddress().getAddress();
        if (octets.length == 4) {
            setIpv4((int) bigEndian(octets, 0, 4), address.getPort());
        } else {
            setIpv6(bigEndian(octets, 0, 8), bigEndian(octets, 8, 8), address.getPort());
        }
        return this;
    }

    /** A new one of a resolved address. */
    public static IpPort of(InetSocketAddress address) {
        return new IpPort().set(address);
    }

    public void setPort(int port) {
        this.port = port;
    }

    public int port() {
        return port;
    }

    public boolean isIpv4() {
        return high == 0 && (low & MAPPED_MASK) == MAPPED_PREFIX;
    }

    /** The IPv4 address as a big-endian int; meaningful only when {@link #isIpv4()}. */
    public int ipv4() {
        return (int) low;
    }

    /** The upper 64 bits of the IPv6 form. */
    public long high() {
        return high;
    }

    /** The lower 64 bits of the IPv6 form. */
    public long low() {
        return low;
    }

    public boolean sameAddress(IpPort other) {
        return low == other.low && high == other.high;
    }

    public boolean same(IpPort other) {
        return port == other.port && low == other.low && high == other.high;
    }

    /** A 64-bit mix of address and port; not keyed, so only for tables that a stranger cannot fill. */
    public long hash() {
        long h = (low * 0x9E37_79B9_7F4A_7C15L) ^ Long.rotateLeft(high * 0xC2B2_AE3D_27D4_EB4FL, 31) ^ port;
        h ^= h >>> 32;
        h *= 0x9E37_79B9_7F4A_7C15L;
        return h ^ (h >>> 29);
    }

    /** A fresh socket address. Allocates: not for the data path. */
    public InetSocketAddress toSocketAddress() {
        try {
            if (isIpv4()) {
                byte[] octets = {(byte) (low >> 24), (byte) (low >> 16), (byte) (low >> 8), (byte) low};
                return new InetSocketAddress(InetAddress.getByAddress(octets), port);
            }
            byte[] octets = new byte[16];
            for (int i = 0; i < 8; i++) {
                octets[i] = (byte) (high >> (56 - 8 * i));
                octets[8 + i] = (byte) (low >> (56 - 8 * i));
            }
            return new InetSocketAddress(Inet6Address.getByAddress(null, octets, -1), port);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of 4 or 16 octets is always valid", e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof IpPort that && same(that);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(hash());
    }

    /** {@code 192.0.2.1:5060} or {@code [2001:db8::1]:5060}. */
    @Override
    public String toString() {
        byte[] text = new byte[IpText.MAX_HOST_PORT];
        return new String(text, 0, IpText.writeHostPort(this, text, 0), java.nio.charset.StandardCharsets.US_ASCII);
    }

    private static long bigEndian(byte[] octets, int from, int count) {
        long value = 0;
        for (int i = 0; i < count; i++) {
            value = value << 8 | (octets[from + i] & 0xFF);
        }
        return value;
    }
}
