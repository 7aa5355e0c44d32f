package org.strowger.proxy.config;

import org.strowger.sip.IpPort;

/**
 * A network. An IPv4 one is kept as its IPv4-mapped IPv6 form, as {@link IpPort} keeps addresses.
 *
 * @param high upper 64 bits of the network's address
 * @param low lower 64 bits of the network's address
 * @param prefixLength 0..128, of the IPv6 form; bits behind it are zero
 */
public record Cidr(long high, long low, int prefixLength) {

    public Cidr {
        Require.range("prefixLength", prefixLength, 0, 128);
        Require.that(
                high == (high & highMask(prefixLength)) && low == (low & lowMask(prefixLength)),
                "network",
                Long.toHexString(high) + ":" + Long.toHexString(low),
                "no bits behind the prefix of " + prefixLength);
    }

    /** The network of that prefix length which holds the address. */
    static Cidr around(IpPort address, int prefixLength) {
        return new Cidr(address.high() & highMask(prefixLength), address.low() & lowMask(prefixLength), prefixLength);
    }

    /** True when the address is in this network. Allocates nothing. */
    public boolean contains(IpPort address) {
        return (address.high() & highMask(prefixLength)) == high && (address.low() & lowMask(prefixLength)) == low;
    }

    /** {@code 192.0.2.0/24}. */
    @Override
    public String toString() {
        IpPort network = new IpPort();
        network.setIpv6(high, low, 0);
        byte[] text = new byte[org.strowger.sip.IpText.MAX_HOST_PORT];
        int end = org.strowger.sip.IpText.writeHost(network, text, 0, false);
        int shown = network.isIpv4() && prefixLength >= 96 ? prefixLength - 96 : prefixLength;
        return new String(text, 0, end, java.nio.charset.StandardCharsets.US_ASCII) + "/" + shown;
    }

    private static long highMask(int prefixLength) {
        return prefixLength == 0 ? 0 : prefixLength >= 64 ? -1L : -1L << (64 - prefixLength);
    }

    private static long lowMask(int prefixLength) {
        return prefixLength <= 64 ? 0 : prefixLength == 128 ? -1L : -1L << (128 - prefixLength);
    }
}
