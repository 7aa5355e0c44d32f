package org.strowger.proxy.routing;

import java.nio.charset.StandardCharsets;
import org.strowger.sip.IpPort;
import org.strowger.sip.IpText;

/**
 * A range of IP addresses of one family, such as {@code 192.0.2.0/24}.
 *
 * @param family to which addresses it applies
 * @param first the first address
 * @param last the last address
 */
public record Cidr(Family family, Address first, Address last) {

    /** The two families never match each other's addresses. */
    public enum Family {
        IPV4,
        IPV6
    }

    /** An address as an unsigned number of 128 bits; an IPv4 address is a number below 2^32. */
    record Address(long high, long low) implements Comparable<Address> {

        static Address of(IpPort address) {
            return address.isIpv4()
                    ? new Address(0, address.ipv4() & 0xFFFF_FFFFL)
                    : new Address(address.high(), address.low());
        }

        /** The following address; the one after the last is 0. */
        Address next() {
            return new Address(low == -1 ? high + 1 : high, low + 1);
        }

        @Override
        public int compareTo(Address other) {
            int byHigh = Long.compareUnsigned(high, other.high);
            return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
        }
    }

    /**
     * Reads an address, with or without a prefix length. Bits behind the prefix do not matter.
     *
     * @throws IllegalArgumentException when the text is neither
     */
    public static Cidr of(String text) {
        int slash = text.indexOf('/');
        byte[] host = text.substring(0, slash < 0 ? text.length() : slash).getBytes(StandardCharsets.US_ASCII);
        IpPort address = new IpPort();
        if (!IpText.readHost(host, 0, host.length, address)) {
            throw invalid(text);
        }
        int bits = address.isIpv4() ? 32 : 128;
        int prefix = slash < 0 ? bits : prefix(text.substring(slash + 1), bits);
        if (prefix < 0) {
            throw invalid(text);
        }
        int free = bits - prefix;
        long highMask = free >= 128 ? -1 : free > 64 ? (1L << (free - 64)) - 1 : 0;
        long lowMask = free >= 64 ? -1 : (1L << free) - 1;
        Address any = Address.of(address);
        return new Cidr(
                address.isIpv4() ? Family.IPV4 : Family.IPV6,
                new Address(any.high & ~highMask, any.low & ~lowMask),
                new Address(any.high | highMask, any.low | lowMask));
    }

    /** True when the address is one of these. */
    public boolean contains(IpPort address) {
        Address candidate = Address.of(address);
        return (family == Family.IPV4) == address.isIpv4()
                && first.compareTo(candidate) <= 0
                && candidate.compareTo(last) <= 0;
    }

    /** {@code 192.0.2.0/24}; a single address without prefix length. */
    @Override
    public String toString() {
        IpPort address = new IpPort();
        int bits = family == Family.IPV4 ? 32 : 128;
        if (family == Family.IPV4) {
            address.setIpv4((int) first.low, 0);
        } else {
            address.setIpv6(first.high, first.low, 0);
        }
        byte[] text = new byte[IpText.MAX_HOST_PORT];
        String host = new String(text, 0, IpText.writeHost(address, text, 0, false), StandardCharsets.US_ASCII);
        int prefix = bits - Long.bitCount(first.high ^ last.high) - Long.bitCount(first.low ^ last.low);
        return prefix == bits ? host : host + "/" + prefix;
    }

    private static int prefix(String digits, int max) {
        if (!digits.matches("\\d{1,3}")) {
            return -1;
        }
        int value = Integer.parseInt(digits);
        return value <= max ? value : -1;
    }

    private static IllegalArgumentException invalid(String text) {
        return new IllegalArgumentException("source: " + text + " (expected: an IP address or address/prefix)");
    }
}
