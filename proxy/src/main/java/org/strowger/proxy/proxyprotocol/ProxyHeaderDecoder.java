package org.strowger.proxy.proxyprotocol;

import java.util.zip.CRC32C;
import org.strowger.sip.IpPort;
import org.strowger.sip.IpText;
import org.strowger.threading.RunsOn;

/**
 * Reads a header of the PROXY protocol, "Versions 1 and 2" as HAProxy publishes it, from the begin of a stream or of a
 * datagram. Nothing is guessed: who calls it knows that a header has to be there. Allocates nothing. One per event loop.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class ProxyHeaderDecoder {
    /** Bytes of the longest header of version 1, with its line end (section 2.1). */
    public static final int MAX_V1 = 107;

    /** Bytes of the longest header of version 2 that we take: room for a certificate among the TLVs, and no more. */
    public static final int MAX_V2 = 16 * 1024;

    static final int V2_FIXED = 16;

    static final byte[] V2_SIGNATURE = {'\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'};
    private static final byte[] V1_SIGNATURE = {'P', 'R', 'O', 'X', 'Y', ' '};
    private static final byte[] UNKNOWN = {'U', 'N', 'K', 'N', 'O', 'W', 'N'};
    private static final byte[] ZEROS = new byte[4];

    private static final int FAMILY_NONE = 0;
    private static final int FAMILY_IPV4 = 1;
    private static final int FAMILY_IPV6 = 2;
    private static final int FAMILY_UNIX = 3;

    private final CRC32C crc = new CRC32C();

    /** Reads {@code bytes[from, to)} into {@code out}, which means something when the verdict is COMPLETE. */
    public HeaderVerdict decode(byte[] bytes, int from, int to, ProxyHeader out) {
        if (from == to) {
            return HeaderVerdict.INCOMPLETE;
        }
        if (startsWith(bytes, from, to, V2_SIGNATURE)) {
            return to - from < V2_FIXED ? HeaderVerdict.INCOMPLETE : binary(bytes, from, to, out);
        }
        return startsWith(bytes, from, to, V1_SIGNATURE) ? text(bytes, from, to, out) : HeaderVerdict.NO_HEADER;
    }

    /** True when the bytes are the signature, as far as there are any. */
    private static boolean startsWith(byte[] bytes, int from, int to, byte[] signature) {
        int length = Math.min(to - from, signature.length);
        for (int i = 0; i < length; i++) {
            if (bytes[from + i] != signature[i]) {
                return false;
            }
        }
        return true;
    }

    /** Section 2.1: one line, all of it within 107 bytes. */
    private static HeaderVerdict text(byte[] bytes, int from, int to, ProxyHeader out) {
        int limit = Math.min(to, from + MAX_V1);
        int end = from;
        while (end < limit && bytes[end] != '\n') {
            end++;
        }
        if (end == limit) {
            return limit - from == MAX_V1 ? HeaderVerdict.TOO_LONG : HeaderVerdict.INCOMPLETE;
        }
        int at = from + V1_SIGNATURE.length;
        if (end - at < 4 || bytes[end - 1] != '\r') {
            return HeaderVerdict.UNKNOWN_FORM;
        }
        out.begin(bytes, 1);
        out.length(end + 1 - from);
        int lineEnd = end - 1;
        if (lineEnd - at >= UNKNOWN.length && startsWith(bytes, at, lineEnd, UNKNOWN)) {
            boolean ends = at + UNKNOWN.length == lineEnd || bytes[at + UNKNOWN.length] == ' ';
            return ends ? HeaderVerdict.COMPLETE : HeaderVerdict.UNKNOWN_FORM;
        }
        boolean tcp = bytes[at] == 'T' && bytes[at + 1] == 'C' && bytes[at + 2] == 'P';
        boolean ipv4 = bytes[at + 3] == '4';
        if (!tcp || at + 5 > lineEnd || !(ipv4 || bytes[at + 3] == '6') || bytes[at + 4] != ' ') {
            return HeaderVerdict.UNKNOWN_FORM;
        }
        return textAddresses(bytes, at + 5, lineEnd, ipv4, out);
    }

    private static HeaderVerdict textAddresses(byte[] bytes, int from, int lineEnd, boolean ipv4, ProxyHeader out) {
        int afterSource = space(bytes, from, lineEnd);
        int afterDestination = space(bytes, afterSource + 1, lineEnd);
        int afterPort = space(bytes, afterDestination + 1, lineEnd);
        int sourcePort = port(bytes, afterDestination + 1, afterPort);
        int destinationPort = port(bytes, afterPort + 1, lineEnd);
        if (sourcePort < 0
                || destinationPort < 0
                || !address(bytes, from, afterSource, ipv4, out.source())
                || !address(bytes, afterSource + 1, afterDestination, ipv4, out.destination())) {
            return HeaderVerdict.BAD_ADDRESS;
        }
        out.source().setPort(sourcePort);
        out.destination().setPort(destinationPort);
        out.addresses();
        return HeaderVerdict.COMPLETE;
    }

    private static int space(byte[] bytes, int from, int end) {
        int at = Math.min(from, end);
        while (at < end && bytes[at] != ' ') {
            at++;
        }
        return at;
    }

    private static boolean address(byte[] bytes, int from, int to, boolean ipv4, IpPort out) {
        boolean colon = false;
        for (int i = from; i < to; i++) {
            colon |= bytes[i] == ':';
        }
        return from < to && colon != ipv4 && bytes[from] != '[' && IpText.readHost(bytes, from, to, out);
    }

    /** A decimal without a needless zero in front, or -1. */
    private static int port(byte[] bytes, int from, int to) {
        if (to <= from || to - from > 5 || (bytes[from] == '0' && to - from > 1)) {
            return -1;
        }
        int value = 0;
        for (int i = from; i < to; i++) {
            int digit = bytes[i] - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value <= 65_535 ? value : -1;
    }

    /** Section 2.2; the 16 fixed bytes are there. */
    private HeaderVerdict binary(byte[] bytes, int from, int to, ProxyHeader out) {
        int command = bytes[from + 12] & 0xFF;
        int family = (bytes[from + 13] & 0xFF) >>> 4;
        int protocol = bytes[from + 13] & 0xF;
        if ((command & 0xF0) != 0x20 || (command & 0xF) > 1 || family > FAMILY_UNIX || protocol > 2) {
            return HeaderVerdict.UNKNOWN_FORM;
        }
        int rest = number(bytes, from + 14);
        if (V2_FIXED + rest > MAX_V2) {
            return HeaderVerdict.TOO_LONG;
        }
        boolean local = (command & 0xF) == 0;
        int addresses = addressBytes(family);
        if (!local && rest < addresses) {
            return HeaderVerdict.BAD_ADDRESS;
        }
        int end = from + V2_FIXED + rest;
        if (end > to) {
            return HeaderVerdict.INCOMPLETE;
        }
        out.begin(bytes, 2);
        out.length(end - from);
        if (local) {
            // Section 2.2: "the receiver must accept this connection as valid and must use the real connection
            // endpoints".
            return HeaderVerdict.COMPLETE;
        }
        int at = from + V2_FIXED;
        if (family == FAMILY_IPV4 || family == FAMILY_IPV6) {
            address(bytes, at, family, out.source(), addresses - 4);
            address(bytes, at + (addresses - 4) / 2, family, out.destination(), (addresses - 4) / 2 + 2);
            out.addresses();
        }
        return tlvs(bytes, from, at + addresses, end, out);
    }

    private static int addressBytes(int family) {
        return switch (family) {
            case FAMILY_IPV4 -> 12;
            case FAMILY_IPV6 -> 36;
            case FAMILY_UNIX -> 216;
            case FAMILY_NONE -> 0;
            default -> throw new IllegalArgumentException("family: " + family + " (expected: 0..3)");
        };
    }

    /** @param portAt where the port stands, from {@code at} on */
    private static void address(byte[] bytes, int at, int family, IpPort out, int portAt) {
        int port = number(bytes, at + portAt);
        if (family == FAMILY_IPV4) {
            out.setIpv4((int) bigEndian(bytes, at, 4), port);
        } else {
            out.setIpv6(bigEndian(bytes, at, 8), bigEndian(bytes, at + 8, 8), port);
        }
    }

    private HeaderVerdict tlvs(byte[] bytes, int from, int start, int end, ProxyHeader out) {
        for (int at = start; at < end; ) {
            if (end - at < 3) {
                return HeaderVerdict.BAD_TLV;
            }
            int type = bytes[at] & 0xFF;
            int length = number(bytes, at + 1);
            if (length > end - at - 3 || !isGoodLength(type, length)) {
                return HeaderVerdict.BAD_TLV;
            }
            if (type == Tlv.CRC32C && !isGood(bytes, from, at + 3, end)) {
                return HeaderVerdict.BAD_CHECKSUM;
            }
            at += 3 + length;
        }
        out.tlvs(start, end);
        return HeaderVerdict.COMPLETE;
    }

    private static boolean isGoodLength(int type, int length) {
        return switch (type) {
            case Tlv.CRC32C -> length == 4;
            case Tlv.UNIQUE_ID -> length <= 128;
            case Tlv.SSL -> length >= 5;
            default -> true;
        };
    }

    private boolean isGood(byte[] bytes, int from, int value, int end) {
        crc.reset();
        crc.update(bytes, from, value - from);
        crc.update(ZEROS, 0, 4);
        crc.update(bytes, value + 4, end - value - 4);
        return crc.getValue() == bigEndian(bytes, value, 4);
    }

    private static int number(byte[] bytes, int at) {
        return (bytes[at] & 0xFF) << 8 | (bytes[at + 1] & 0xFF);
    }

    static long bigEndian(byte[] bytes, int from, int count) {
        long value = 0;
        for (int i = from; i < from + count; i++) {
            value = value << 8 | (bytes[i] & 0xFF);
        }
        return value;
    }
}
