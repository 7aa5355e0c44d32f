package org.strowger.sip;

/** Text form of addresses, written to and read from byte arrays without allocation (RFC 3261 section 25.1, RFC 5954). */
public final class IpText {
    /** The longest host with brackets, a colon and a port: {@code [8 groups of 4]:65535}. */
    public static final int MAX_HOST_PORT = 41 + 6;

    private IpText() {}

    /** Writes {@code host:port}, an IPv6 host in brackets. Returns the index after the last byte. */
    public static int writeHostPort(IpPort address, byte[] out, int at) {
        int next = writeHost(address, out, at, true);
        out[next++] = ':';
        return writeNumber(address.port(), out, next);
    }

    /** Writes the host alone; an IPv6 one in brackets if {@code brackets}. Returns the index after the last byte. */
    public static int writeHost(IpPort address, byte[] out, int at, boolean brackets) {
        if (address.isIpv4()) {
            return writeIpv4(address.ipv4(), out, at);
        }
        int next = at;
        if (brackets) {
            out[next++] = '[';
        }
        next = writeIpv6(address.high(), address.low(), out, next);
        if (brackets) {
            out[next++] = ']';
        }
        return next;
    }

    /** Writes a number of 0 or more in decimal. Returns the index after the last byte. */
    public static int writeNumber(int value, byte[] out, int at) {
        int digits = 1;
        for (int rest = value; rest >= 10; rest /= 10) {
            digits++;
        }
        int rest = value;
        for (int i = at + digits - 1; i >= at; i--) {
            out[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return at + digits;
    }

    /**
     * Reads an IPv4 address, or an IPv6 one with or without brackets, that fills {@code [from, to)} exactly, into
     * {@code out}, whose port it leaves alone. Returns false, with {@code out} unchanged, for anything else, a host
     * name for example.
     */
    public static boolean readHost(byte[] text, int from, int to, IpPort out) {
        int start = from;
        int end = to;
        if (end - start > 2 && text[start] == '[') {
            if (text[end - 1] != ']') {
                return false;
            }
            return readIpv6(text, start + 1, end - 1, out);
        }
        return readIpv4(text, start, end, out) || readIpv6(text, start, end, out);
    }

    private static int writeIpv4(int address, byte[] out, int at) {
        int next = writeNumber(address >>> 24, out, at);
        out[next++] = '.';
        next = writeNumber(address >>> 16 & 0xFF, out, next);
        out[next++] = '.';
        next = writeNumber(address >>> 8 & 0xFF, out, next);
        out[next++] = '.';
        return writeNumber(address & 0xFF, out, next);
    }

    /** RFC 5952: the longest run of two or more zero groups is shortened, lower-case hexadecimal. */
    private static int writeIpv6(long high, long low, byte[] out, int at) {
        int bestStart = -1;
        int bestLength = 1;
        for (int i = 0; i < 8; i++) {
            int run = 0;
            while (i + run < 8 && group(high, low, i + run) == 0) {
                run++;
            }
            if (run > bestLength) {
                bestStart = i;
                bestLength = run;
            }
            i += run;
        }
        int next = at;
        for (int i = 0; i < 8; i++) {
            if (i == bestStart) {
                out[next++] = ':';
                out[next++] = ':';
                i += bestLength - 1;
                continue;
            }
            if (i > 0 && i != bestStart + bestLength) {
                out[next++] = ':';
            } else if (i > 0 && bestStart < 0) {
                out[next++] = ':';
            }
            next = writeHex(group(high, low, i), out, next);
        }
        return next;
    }

    private static int group(long high, long low, int index) {
        long half = index < 4 ? high : low;
        return (int) (half >>> (48 - 16 * (index & 3))) & 0xFFFF;
    }

    private static int writeHex(int value, byte[] out, int at) {
        int next = at;
        boolean started = false;
        for (int shift = 12; shift >= 0; shift -= 4) {
            int digit = value >>> shift & 0xF;
            if (digit != 0 || started || shift == 0) {
                started = true;
                out[next++] = (byte) (digit < 10 ? '0' + digit : 'a' + digit - 10);
            }
        }
        return next;
    }

    private static boolean readIpv4(byte[] text, int from, int to, IpPort out) {
        int address = 0;
        int at = from;
        for (int part = 0; part < 4; part++) {
            int value = 0;
            int digits = 0;
            while (at < to && text[at] >= '0' && text[at] <= '9') {
                value = value * 10 + (text[at++] - '0');
                if (++digits > 3) {
                    return false;
                }
            }
            if (digits == 0 || value > 255) {
                return false;
            }
            address = address << 8 | value;
            if (part < 3 && (at >= to || text[at++] != '.')) {
                return false;
            }
        }
        if (at != to) {
            return false;
        }
        out.setIpv4(address, out.port());
        return true;
    }

    private static boolean readIpv6(byte[] text, int from, int to, IpPort out) {
        Ipv6Reader reader = new Ipv6Reader(text, from, to);
        if (!reader.read()) {
            return false;
        }
        out.setIpv6(reader.high(), reader.low(), out.port());
        return true;
    }
}
